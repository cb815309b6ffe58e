package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.error.RaftError;
import io.etcetera.raft.wal.WalEntry;
import io.etcetera.raft.wal.WalOptions;
import io.etcetera.raft.wal.WriteAheadLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a mark may be; {@link LogCuttingTest} has the rest. */
class LogCutterTest {
    @TempDir
    Path directory;

    private final TestMachine machine = new TestMachine();

    @Test
    void theLogIsMarkedOnlyAtAnEntryThatItHolds() throws Exception {
        machine.appliedIndex = 2;
        try (WriteAheadLog wal = WriteAheadLog.open(directory, WalOptions.defaults())) {
            LogEntry lost = new LogEntry(EntryType.ENTRY_TYPE_NO_OP);
            lost.setId(new LogId(1, 4));
            wal.append(List.of(new WalEntry(1, 4, EntryCodec.encode(lost))));
            LogCutter cutter = new LogCutter(machine, wal, Runnable::run, 1, 0, 0);

            assertThat(answer(cutter, new LogId(1, 4)).isOk()).isTrue();
            assertThat(answer(cutter, new LogId(1, 5)).getRaftError()).isEqualTo(RaftError.ECANCELED);
            assertThat(answer(cutter, new LogId(2, 5)).getRaftError()).isEqualTo(RaftError.ECANCELED);
        }
    }

    private static Status answer(LogCutter cutter, LogId last) {
        List<Status> answers = new ArrayList<>();
        cutter.makeDurable(last, answers::add);
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }
}
