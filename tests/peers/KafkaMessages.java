// Prints messages as Apache Kafka's own classes write them: one line a sample,
//   NAME VERSION HEX
// for each "NAME KEY request|response MIN MAX" that is read from standard input. Fields are random,
// the seed is fixed, so the same lines come out each time.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.MemoryRecords;

public class KafkaMessages {
  private static final int SAMPLES = 2;
  private static Random random;

  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 1 && arguments[0].equals("errors")) {
      for (Errors error : Errors.values()) {
        boolean retriable = error.exception() instanceof RetriableException;
        System.out.println(error.code() + " " + error.name() + " " + retriable);
      }
      return;
    }
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      ApiMessageType api = ApiMessageType.fromApiKey(Short.parseShort(words[1]));
      boolean request = words[2].equals("request");
      for (short v = Short.parseShort(words[3]); v <= Short.parseShort(words[4]); v++) {
        Schema schema = (request ? api.requestSchemas() : api.responseSchemas())[v];
        for (int sample = 0; sample < SAMPLES; sample++) {
          random = new Random(line.hashCode() * 1000L + v * 10L + sample);
          ApiMessage message = request ? api.newRequest() : api.newResponse();
          System.out.println(words[0] + " " + v + " " + rewritten(message, schema, v));
        }
      }
    }
  }

  // Writes a random value with the generic types, then as the message's own class writes it: tagged
  // fields that have their default disappear there.
  private static String rewritten(ApiMessage message, Schema schema, short version) {
    Struct value = struct(schema);
    ByteBuffer generic = ByteBuffer.allocate(schema.sizeOf(value));
    schema.write(generic, value);
    generic.flip();
    message.read(new ByteBufferAccessor(generic), version);
    if (generic.hasRemaining()) {
      throw new IllegalStateException("bytes left of " + message);
    }
    ObjectSerializationCache cache = new ObjectSerializationCache();
    ByteBuffer out = ByteBuffer.allocate(message.size(cache, version));
    message.write(new ByteBufferAccessor(out), cache, version);
    return HexFormat.of().formatHex(out.array(), 0, out.position());
  }

  private static Struct struct(Schema schema) {
    Struct result = new Struct(schema);
    for (BoundField field : schema.fields()) {
      result.set(field, value(field.def.type));
    }
    return result;
  }

  private static Object value(Type type) {
    if (type.isNullable() && random.nextInt(4) == 0) {
      return null;
    }
    if (type instanceof Schema) {
      return struct((Schema) type);
    }
    if (type instanceof TaggedFields) {
      NavigableMap<Integer, Object> tags = new TreeMap<>();
      for (var entry : ((TaggedFields) type).fields().entrySet()) {
        if (random.nextBoolean()) {
          tags.put(entry.getKey(), value(entry.getValue().type));
        }
      }
      return tags;
    }
    if (type.isArray()) {
      Object[] values = new Object[random.nextInt(3)];
      for (int i = 0; i < values.length; i++) {
        values[i] = value(type.arrayElementType().get());
      }
      return values;
    }
    byte[] bytes = new byte[random.nextInt(12)];
    random.nextBytes(bytes);
    switch (type.toString()) {
      case "BOOLEAN": return random.nextBoolean();
      case "INT8": return (byte) random.nextInt();
      case "INT16": return (short) random.nextInt();
      case "INT32": return random.nextInt();
      case "INT64": return random.nextLong();
      case "UUID": return new Uuid(random.nextLong(), random.nextLong());
      case "STRING":
      case "NULLABLE_STRING":
      case "COMPACT_STRING":
      case "COMPACT_NULLABLE_STRING": return Integer.toString(random.nextInt(1000000), 36);
      case "BYTES":
      case "NULLABLE_BYTES":
      case "COMPACT_BYTES":
      case "COMPACT_NULLABLE_BYTES": return ByteBuffer.wrap(bytes);
      case "RECORDS":
      case "COMPACT_RECORDS": return MemoryRecords.readableRecords(ByteBuffer.wrap(bytes));
      default: throw new IllegalStateException("no random value of " + type);
    }
  }
}
