package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// Maps rows of a token mapping to the JSON that [TokenJson] reads.
final class TokenRowMapper implements RowMapper {

  private static final int TOKEN_HASH = 0;
  private static final int USER_ID = 1;
  private static final int EXPIRES_AT = 2;
  private static final List<String> HEADER = List.of("token_hash", "user_id", "expires_at");

  /// The substitute for an expiry of `infinity`, far enough for any TTL.
  private static final long FOREVER =
      ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("9999-12-31T23:59:59Z"));

  private final byte[] prefix;
  private final List<String> header;
  private final List<SourceColumn> members;
  private final List<byte[]> names;
  private final JsonBuffer json;

  TokenRowMapper(List<SourceColumn> columns, Fence fence) {
    this.prefix = TokenJson.prefix(fence);
    this.json = new JsonBuffer(columns.stream().anyMatch(SourceColumn::anyBytes));
    this.header =
        List.of(
            column("token_hash", columns).selectedAsText(),
            column("user_id", columns).selectedAsText(),
            "expires_at::timestamptz");
    this.members = columns.stream().filter(c -> !HEADER.contains(c.name())).toList();
    this.names = members.stream().map(c -> memberName(c.name())).toList();
  }

  @Override
  public List<String> selected() {
    var selected = new ArrayList<>(header);
    members.forEach(column -> selected.add(column.selected()));
    return selected;
  }

  @Override
  public SessionEntry map(CopyRow row) throws UnreadableRowException {
    var bytes = row.bytes();
    int hash = row.offset(TOKEN_HASH);
    if (row.isNull(TOKEN_HASH) || !SessionKey.isHash(bytes, hash, row.length(TOKEN_HASH))) {
      throw new UnreadableRowException("token_hash is not 64 hexadecimal digits");
    }
    if (SessionKey.mixesCases(bytes, hash)) {
      throw new UnreadableRowException("token_hash mixes capitals and small letters");
    }
    if (row.isNull(USER_ID)) {
      throw new UnreadableRowException("user_id is null");
    }
    if (row.isNull(EXPIRES_AT)) {
      throw new UnreadableRowException("expires_at is null");
    }
    if (bytes.length > JsonBuffer.MAX_BYTES) {
      throw new UnreadableRowException("larger than 4 MiB");
    }
    var key = SessionKey.ofTokenHash(bytes, hash);
    long expires = row.integer(EXPIRES_AT);
    long expiresAt = SourceColumn.isInfinite(expires) ? FOREVER : SourceColumn.micros(expires);

    json.clear();
    json.raw(prefix);
    json.raw(key.in(TokenJson.TOKEN_HASH));
    json.raw(TokenJson.USER_ID);
    json.string(bytes, row.offset(USER_ID), row.length(USER_ID));
    json.raw(TokenJson.EXPIRES_AT);
    json.instant(expiresAt);
    for (int i = 0; i < members.size(); i++) {
      json.raw(names.get(i));
      members.get(i).write(row, HEADER.size() + i, json);
    }
    json.raw('}');
    return new SessionEntry(key, json.toBytes(), Instant.EPOCH.plus(expiresAt, ChronoUnit.MICROS));
  }

  private static SourceColumn column(String name, List<SourceColumn> columns) {
    return columns.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  /// `,"name":`, with the name escaped.
  private static byte[] memberName(String name) {
    try {
      var buffer = new JsonBuffer(false);
      var utf8 = name.getBytes(UTF_8);
      buffer.raw(',');
      buffer.string(utf8, 0, utf8.length);
      buffer.raw(':');
      return buffer.toBytes();
    } catch (UnreadableRowException impossible) {
      throw new IllegalStateException("a Java string encodes to UTF-8", impossible);
    }
  }
}
