package io.etcetera.server.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;

/** Messages in which every field says something, as samples. */
public final class FilledMessages {
    private static final int DEEPEST = 4;

    private FilledMessages() {}

    /** A message of this type; the first alternative is taken where only one can be. */
    public static Message of(Message prototype) {
        return of(prototype, DEEPEST);
    }

    private static Message of(Message prototype, int depth) {
        Message.Builder message = prototype.newBuilderForType();
        for (FieldDescriptor field : prototype.getDescriptorForType().getFields()) {
            boolean taken = field.getRealContainingOneof() != null && message.hasOneof(field.getRealContainingOneof());
            boolean tooDeep = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && depth == 0;
            if (!taken && !tooDeep && !field.isMapField()) {
                Object value = value(field, message, depth);
                message.setField(field, field.isRepeated() ? List.of(value, value) : value);
            }
        }
        return message.build();
    }

    private static Object value(FieldDescriptor field, Message.Builder parent, int depth) {
        return switch (field.getJavaType()) {
            case INT -> 3;
            case LONG -> 300L;
            case FLOAT -> 1.5f;
            case DOUBLE -> 1.5;
            case BOOLEAN -> true;
            case STRING -> field.getName();
            case BYTE_STRING -> ByteString.copyFromUtf8(field.getName());
            case ENUM ->
                field.getEnumType()
                        .getValues()
                        .get(field.getEnumType().getValues().size() - 1);
            case MESSAGE -> of(parent.newBuilderForField(field).build(), depth - 1);
        };
    }
}
