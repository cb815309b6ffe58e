package io.etcetera.server.http.gateway;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.etcetera.server.text.JsonFormatException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads messages from JSON as etcd's gateway does: fields by their name in the .proto file or in JSON, what is unknown
 * left out, numbers of 64 bits in quotes or without. Thread-safe.
 */
final class MessageReader {
    private final Map<Descriptor, Map<String, FieldDescriptor>> fields = new ConcurrentHashMap<>();

    /**
     * Reads a message.
     *
     * @param text in which a JSON value begins at {@code from}, of which the syntax has been checked
     */
    void read(byte[] text, int from, Message.Builder into) throws JsonFormatException {
        message(new JsonTokens(text, from), into);
    }

    private void message(JsonTokens tokens, Message.Builder into) throws JsonFormatException {
        int begin = tokens.mark();
        if (tokens.peek() != '{') {
            throw tokens.unexpected(begin);
        }
        tokens.skipCharacter();
        Map<String, FieldDescriptor> known = fields.computeIfAbsent(into.getDescriptorForType(), MessageReader::names);
        Set<FieldDescriptor> seen = new HashSet<>();
        while (tokens.peek() != '}') {
            int mark = tokens.mark();
            FieldDescriptor field = known.get(tokens.string());
            if (field == null) {
                tokens.skipValue();
            } else if (!seen.add(field)) {
                throw tokens.error(mark, "duplicate field " + tokens.raw(mark));
            } else if (tokens.peek() == 'n') {
                tokens.bare(); // null leaves a field as it is
            } else {
                field(tokens, mark, field, into);
            }
        }
        tokens.skipCharacter();
    }

    private static Map<String, FieldDescriptor> names(Descriptor type) {
        Map<String, FieldDescriptor> names = new HashMap<>();
        type.getFields().forEach(field -> names.put(field.getName(), field));
        type.getFields().forEach(field -> names.put(field.getJsonName(), field));
        return names;
    }

    private void field(JsonTokens tokens, int mark, FieldDescriptor field, Message.Builder into)
            throws JsonFormatException {
        if (field.isRepeated()) {
            list(tokens, field, into);
            return;
        }
        var oneof = field.getRealContainingOneof();
        if (oneof != null && into.hasOneof(oneof)) {
            throw tokens.error(
                    mark, "error parsing " + tokens.raw(mark) + ", oneof " + oneof.getFullName() + " is already set");
        }
        Object value = value(tokens, field, into);
        if (value != Scalars.UNKNOWN) {
            into.setField(field, value);
        }
    }

    private void list(JsonTokens tokens, FieldDescriptor field, Message.Builder into) throws JsonFormatException {
        if (field.isMapField()) {
            throw new IllegalArgumentException("no request of the API has a map: " + field.getFullName());
        }
        int begin = tokens.mark();
        if (tokens.peek() != '[') {
            throw tokens.unexpected(begin);
        }
        tokens.skipCharacter();
        while (tokens.peek() != ']') {
            Object value = value(tokens, field, into);
            if (value != Scalars.UNKNOWN) {
                into.addRepeatedField(field, value);
            }
        }
        tokens.skipCharacter();
    }

    private Object value(JsonTokens tokens, FieldDescriptor field, Message.Builder into) throws JsonFormatException {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return Scalars.read(tokens, field);
        }
        Message.Builder inner = into.newBuilderForField(field);
        message(tokens, inner);
        return inner.build();
    }
}
