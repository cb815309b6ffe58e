package io.etcetera.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a user of a module can name: the types that its documents begin with, all that these types' members lead to, and
 * the members. Other public types are public for other packages of ours; nobody else gets hold of one.
 *
 * <p>The listing is kept in a file, so that no commit changes it unseen. Until there is a release, that takes the place of
 * tools such as japicmp, which compare with a published jar; from then on, what they call compatible counts.
 */
public final class PublicApi {
    /** Set to {@code write}, it makes the file anew. */
    private static final String PROPERTY = "public.api";

    private static final Set<String> OF_EVERY_OBJECT = Set.of("equals", "hashCode", "toString");

    private final Predicate<Class<?>> ours;
    private final Set<Class<?>> types = new TreeSet<>(Comparator.comparing(Class::getName));
    private final Deque<Class<?>> toVisit = new ArrayDeque<>();

    private PublicApi(Predicate<Class<?>> ours) {
        this.ours = ours;
    }

    /**
     * Compares what can be reached with what is written down.
     *
     * @param ours whether a type belongs to the listing; others are named in it, and not followed
     * @param file the listing
     * @param roots where users begin
     */
    public static void check(Predicate<Class<?>> ours, Path file, Class<?>... roots) throws IOException {
        List<String> lines = new PublicApi(ours).listing(roots);
        if (System.getProperty(PROPERTY, "").equals("write")) {
            Files.write(file, lines);
        }
        Set<String> written = new TreeSet<>(Files.readAllLines(file));
        assertThat(written)
                .as(
                        "the public API is not what %s says; if that is meant, -D%s=write makes the file anew",
                        file, PROPERTY)
                .isEqualTo(new TreeSet<>(lines));
    }

    private List<String> listing(Class<?>... roots) {
        for (Class<?> root : roots) {
            reach(root);
        }
        while (!toVisit.isEmpty()) {
            follow(toVisit.remove());
        }
        return types.stream().flatMap(this::describe).toList();
    }

    private void reach(Type type) {
        if (type instanceof Class<?> found) {
            Class<?> element = found.isArray() ? found.getComponentType() : found;
            if (ours.test(element) && isVisible(element.getModifiers()) && types.add(element)) {
                toVisit.add(element);
            }
        } else if (type instanceof ParameterizedType generic) {
            reach(generic.getRawType());
            reachAll(generic.getActualTypeArguments());
        } else if (type instanceof GenericArrayType array) {
            reach(array.getGenericComponentType());
        } else if (type instanceof WildcardType wildcard) {
            reachAll(wildcard.getUpperBounds());
            reachAll(wildcard.getLowerBounds());
        } else if (type instanceof TypeVariable<?> variable) {
            Stream.of(variable.getBounds()).filter(Class.class::isInstance).forEach(this::reach);
        }
    }

    private void reachAll(Type... all) {
        Stream.of(all).forEach(this::reach);
    }

    /** But not through constructors: who can call one has the arguments already. */
    private void follow(Class<?> type) {
        reachAll(type.getGenericInterfaces());
        if (type.getGenericSuperclass() != null) {
            reach(type.getGenericSuperclass());
        }
        reachAll(type.getDeclaredClasses());
        fields(type).forEach(field -> reach(field.getGenericType()));
        methods(type).forEach(method -> {
            reach(method.getGenericReturnType());
            reachAll(method.getGenericParameterTypes());
            reachAll(method.getGenericExceptionTypes());
        });
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static Stream<Field> fields(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields()).filter(field -> isVisible(field.getModifiers()));
    }

    /** Those of a superclass that cannot be named count as its own. */
    private static Stream<Method> methods(Class<?> type) {
        Stream<Method> inherited = Arrays.stream(type.getMethods())
                .filter(method -> method.getDeclaringClass() != type
                        && !isVisible(method.getDeclaringClass().getModifiers()));
        return Stream.concat(Arrays.stream(type.getDeclaredMethods()), inherited)
                .filter(method -> isVisible(method.getModifiers()) && !method.isSynthetic())
                .filter(method -> !OF_EVERY_OBJECT.contains(method.getName()));
    }

    private Stream<Constructor<?>> constructors(Class<?> type) {
        return Arrays.stream(type.getDeclaredConstructors())
                .filter(constructor -> isVisible(constructor.getModifiers()))
                .filter(constructor -> Stream.of(constructor.getParameterTypes())
                        .allMatch(parameter -> !ours.test(parameter) || types.contains(parameter)));
    }

    private Stream<String> describe(Class<?> type) {
        List<String> members = new ArrayList<>();
        fields(type)
                .forEach(field -> members.add(Modifier.toString(field.getModifiers()) + " "
                        + field.getGenericType().getTypeName() + " " + field.getName()));
        constructors(type).forEach(constructor -> members.add(signature(constructor, "new")));
        methods(type)
                .forEach(method -> members.add(
                        signature(method, method.getGenericReturnType().getTypeName() + " " + method.getName())));
        return Stream.concat(
                Stream.of(header(type)),
                members.stream().sorted().distinct().map(member -> "    " + type.getName() + ": " + member));
    }

    private static String signature(Executable executable, String name) {
        String parameters = Stream.of(executable.getGenericParameterTypes())
                .map(Type::getTypeName)
                .collect(Collectors.joining(", ", "(", ")"));
        String failures = Stream.of(executable.getGenericExceptionTypes())
                .map(Type::getTypeName)
                .collect(Collectors.joining(", "));
        int modifiers = executable.getModifiers() & (Modifier.methodModifiers() & ~Modifier.SYNCHRONIZED);
        return Modifier.toString(modifiers) + " " + name + parameters
                + (failures.isEmpty() ? "" : " throws " + failures);
    }

    private static String header(Class<?> type) {
        List<Type> above = new ArrayList<>();
        if (type.getGenericSuperclass() != null && type.getGenericSuperclass() != Object.class) {
            above.add(type.getGenericSuperclass());
        }
        above.addAll(List.of(type.getGenericInterfaces()));
        String parents = above.stream().map(Type::getTypeName).collect(Collectors.joining(", "));
        String sealed = type.isSealed() ? "sealed " : "";
        // Some releases of Java say it there, too.
        String declaration = type.toGenericString().replaceFirst("\\bsealed ", "");
        return sealed + declaration + (parents.isEmpty() ? "" : " : " + parents);
    }
}
