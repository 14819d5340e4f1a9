import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.maven.artifact.versioning.ComparableVersion;

/** Compares tab-separated pairs of versions with Maven. */
class Maven {
    public static void main(String[] arguments) {
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
            .lines()
            .map(line -> line.split("\t", -1))
            .map(pair -> new ComparableVersion(pair[0]).compareTo(new ComparableVersion(pair[1])))
            .map(order -> order < 0 ? "<" : order > 0 ? ">" : "=")
            .forEach(System.out::println);
    }
}
