// Executes SQL statements on a real Apache Flink, in this process, one at a time.
//
// Speaks lines on standard input and output; every text is base64 of UTF-8. Requests: `new` (a
// fresh TableEnvironment) and `run TEXT`. Answers to `run`: any number of `row TEXT` (Flink's own
// Row.toString, which is also the print sink's line), then `ok` or `error TEXT` (the innermost
// cause). Streaming mode, parallelism 1, time zone UTC: what makes Flink's output repeatable.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.ResultKind;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

public final class Oracle {
  // A TableEnvironment leaves SET to its client.
  private static final Pattern SETTING =
      Pattern.compile("SET\\s+'([^']+)'\\s*=\\s*'([^']*)'\\s*;?", Pattern.CASE_INSENSITIVE);

  private static TableEnvironment environment() {
    Configuration configuration = new Configuration();
    configuration.setString("parallelism.default", "1");
    configuration.setString("restart-strategy.type", "disable");
    configuration.setString("execution.checkpointing.checkpoints-after-tasks-finish", "false");
    EnvironmentSettings.Builder settings = EnvironmentSettings.newInstance().inStreamingMode();
    TableEnvironment table =
        TableEnvironment.create(settings.withConfiguration(configuration).build());
    table.getConfig().setLocalTimeZone(ZoneId.of("UTC"));
    return table;
  }

  private static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  // The innermost message says what is wrong; the outer ones say which statement failed.
  private static String cause(Throwable error) {
    String message = error.toString();
    for (Throwable at = error; at != null; at = at.getCause() == at ? null : at.getCause()) {
      if (at.getMessage() != null) message = at.getClass().getSimpleName() + ": " + at.getMessage();
    }
    return message;
  }

  private static void run(TableEnvironment table, String statement, PrintStream out) {
    try {
      Matcher setting = SETTING.matcher(statement.strip());
      if (setting.matches()) {
        table.getConfig().set(setting.group(1), setting.group(2));
        out.println("ok");
        out.flush();
        return;
      }
      TableResult result = table.executeSql(statement);
      if (result.getResultKind() == ResultKind.SUCCESS_WITH_CONTENT && !isInsert(statement)) {
        try (CloseableIterator<Row> rows = result.collect()) {
          while (rows.hasNext()) out.println("row " + encode(rows.next().toString()));
        }
      } else {
        result.await();
      }
      out.println("ok");
    } catch (Throwable error) {
      out.println("error " + encode(cause(error)));
    }
    out.flush();
  }

  // What an INSERT returns as its content is -1, the number of rows it does not know.
  private static boolean isInsert(String statement) {
    String text = statement.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("--[^\\n]*", "").strip();
    return text.regionMatches(true, 0, "INSERT", 0, 6)
        || text.regionMatches(true, 0, "EXECUTE", 0, 7);
  }

  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    System.setOut(System.err);  // the print connector must not write between the answers
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    TableEnvironment table = environment();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals("new")) {
        table = environment();
      } else if (line.startsWith("run ")) {
        byte[] statement = Base64.getDecoder().decode(line.substring(4));
        run(table, new String(statement, StandardCharsets.UTF_8), out);
      } else {
        throw new IllegalArgumentException("unknown request: " + line);
      }
    }
    System.exit(0);  // Flink leaves threads behind
  }
}
