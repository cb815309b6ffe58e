package io.etcetera.daemon.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.daemon.log.LogRotation;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The messages are those that etcd 3.7.1 printed. */
final class LoggingOptionsTest {
    private static Settings settings(String... arguments) throws FlagSyntaxException {
        Settings settings = new Settings();
        FlagParser.parse(Arrays.asList(arguments), settings);
        return settings;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "--log-format=foo | unknown log format: foo, supported values json, console",
                "--logger=foo | unknown logger option \"foo\"",
                "--logger=capnslog | --logger=capnslog is removed in v3.5",
                "--log-outputs=default,stderr | multi logoutput for \"default\" is not supported yet",
            })
    void refuses(String argument, String message) throws FlagSyntaxException {
        Settings settings = settings(argument);
        assertThatThrownBy(() -> LoggingOptions.plan(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"default", "stderr", "stdout", "a.log,b.log", "a.log,systemd/journal"})
    void rotatesNothingButOneFile(String outputs) throws FlagSyntaxException {
        Settings settings = settings("--enable-log-rotation", "--log-outputs=" + outputs);
        assertThatThrownBy(() -> LoggingOptions.plan(settings))
                .hasMessage("--log-outputs requires a single file path when --log-rotate-config-json is defined");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{ | improperly formatted log rotation config: unexpected end of JSON input",
                "x | improperly formatted log rotation config: invalid character 'x' looking for beginning of value",
                "{\"maxsize\":1} x | improperly formatted log rotation config: invalid character 'x' after top-level value",
                "{\"maxsize\": 1,} | improperly formatted log rotation config: invalid character '}' looking for beginning of"
                        + " object key string",
                "{'a':1} | improperly formatted log rotation config: invalid character '\\'' looking for beginning of object"
                        + " key string",
                "[] | invalid log rotation config: json: cannot unmarshal array into Go value of type"
                        + " embed.logRotationConfig",
                "\"x\" | invalid log rotation config: json: cannot unmarshal string into Go value of type"
                        + " embed.logRotationConfig",
                "{\"maxsize\":\"1\"} | invalid log rotation config: json: cannot unmarshal string into Go struct field"
                        + " logRotationConfig.Logger.maxsize of type int",
                "{\"maxsize\":1.5} | invalid log rotation config: json: cannot unmarshal number 1.5 into Go struct field"
                        + " logRotationConfig.Logger.maxsize of type int",
                "{\"maxsize\":99999999999999999999} | invalid log rotation config: json: cannot unmarshal number"
                        + " 99999999999999999999 into Go struct field logRotationConfig.Logger.maxsize of type int",
                "{\"maxage\":{}} | invalid log rotation config: json: cannot unmarshal object into Go struct field"
                        + " logRotationConfig.Logger.maxage of type int",
                "{\"localtime\": 1} | invalid log rotation config: json: cannot unmarshal number into Go struct field"
                        + " logRotationConfig.Logger.localtime of type bool",
                "{\"Filename\":1} | invalid log rotation config: json: cannot unmarshal number into Go struct field"
                        + " logRotationConfig.Logger.filename of type string",
            })
    void refusesAConfigThatCannotBeRead(String json, String message) throws FlagSyntaxException {
        Settings settings =
                settings("--enable-log-rotation", "--log-outputs=a.log", "--log-rotation-config-json=" + json);
        assertThatThrownBy(() -> LoggingOptions.plan(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @Test
    void takesAConfig() throws Exception {
        String json = "{\"MaxSize\": 5, \"maxage\": 30, \"maxbackups\": null, \"localtime\": true, \"other\": []}";
        Settings settings =
                settings("--enable-log-rotation", "--log-outputs=stderr,a.log", "--log-rotation-config-json=" + json);
        assertThat(LoggingOptions.plan(settings).rotation()).contains(new LogRotation(5, 30, 0, true, false));
        assertThat(LoggingOptions.plan(settings("--enable-log-rotation", "--log-outputs=a.log"))
                        .rotation())
                .contains(new LogRotation(100, 0, 0, false, false));
        assertThat(LoggingOptions.plan(settings("--log-rotation-config-json=x")).rotation())
                .isEmpty();
    }
}
