package io.etcetera.server.http.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.etcetera.server.text.JsonStrings;
import java.util.Base64;
import java.util.List;

/**
 * Writes messages as JSON as etcd's gateway does: fields by their name in the .proto file, in the order of that file, those
 * that have their default left out; numbers of 64 bits in quotes; bytes in Base64; enums by name.
 */
final class MessageWriter {
    private final StringBuilder out = new StringBuilder();

    private MessageWriter() {}

    static String write(Message message) {
        MessageWriter writer = new MessageWriter();
        writer.message(message);
        return writer.out.toString();
    }

    private void message(Message message) {
        out.append('{');
        boolean first = true;
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            boolean present = field.isRepeated() ? message.getRepeatedFieldCount(field) > 0 : message.hasField(field);
            if (present) {
                if (!first) {
                    out.append(',');
                }
                first = false;
                out.append('"').append(field.getName()).append("\":");
                field(field, message.getField(field));
            }
        }
        out.append('}');
    }

    private void field(FieldDescriptor field, Object value) {
        if (!field.isRepeated()) {
            value(field, value);
            return;
        }
        out.append('[');
        boolean first = true;
        for (Object element : (List<?>) value) {
            if (!first) {
                out.append(',');
            }
            first = false;
            value(field, element);
        }
        out.append(']');
    }

    private void value(FieldDescriptor field, Object value) {
        switch (field.getType()) {
            case INT64, SINT64, SFIXED64 -> out.append('"').append(value).append('"');
            case UINT64, FIXED64 ->
                out.append('"').append(Long.toUnsignedString((Long) value)).append('"');
            case UINT32, FIXED32 -> out.append(Integer.toUnsignedString((Integer) value));
            case INT32, SINT32, SFIXED32, BOOL -> out.append(value);
            case STRING -> JsonStrings.append(out, (String) value);
            case BYTES ->
                out.append('"')
                        .append(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()))
                        .append('"');
            case ENUM -> enumValue((EnumValueDescriptor) value);
            case MESSAGE, GROUP -> message((Message) value);
            case DOUBLE, FLOAT ->
                throw new IllegalArgumentException("the API has no fractions: " + field.getFullName());
        }
    }

    private void enumValue(EnumValueDescriptor value) {
        if (value.getIndex() >= 0) {
            out.append('"').append(value.getName()).append('"');
        } else {
            out.append(value.getNumber()); // made up for a number that the .proto file does not have
        }
    }
}
