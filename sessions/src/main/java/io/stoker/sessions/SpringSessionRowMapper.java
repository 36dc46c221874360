package io.stoker.sessions;

import java.util.ArrayList;
import java.util.List;

/// Maps rows of the Spring mapping to the hash that Spring Session stores in Redis.
///
/// The fields are those of Spring Session's `RedisSessionMapper` (3.x and 4.x): `creationTime`,
/// `lastAccessedTime` and `maxInactiveInterval` as serialized numbers, and `sessionAttr:NAME` with
/// the attribute's bytes, which Spring Session JDBC stores in the same Java serialization.
final class SpringSessionRowMapper implements RowMapper {

  private static final int SESSION_ID = 0;
  private static final int EXPIRES_AT = 1;
  private static final int CREATION_TIME = 2;
  private static final int LAST_ACCESS_TIME = 3;
  private static final int MAX_INACTIVE_INTERVAL = 4;
  private static final int ATTRIBUTE_NAMES = 5;
  private static final int ATTRIBUTE_VALUES = 6;
  private static final int PRINCIPAL_NAME = 7;

  private static final List<String> FIELDS =
      List.of(
          "session_id",
          "expires_at",
          "creation_time",
          "last_access_time",
          "max_inactive_interval",
          "attribute_names",
          "attribute_values");
  private static final String PRINCIPAL = "principal_name";

  private final boolean hasPrincipal;

  /// @param columns the mapping's; `principal_name` is optional
  SpringSessionRowMapper(List<SourceColumn> columns) {
    this.hasPrincipal = columns.stream().anyMatch(column -> column.name().equals(PRINCIPAL));
  }

  @Override
  public List<String> selected() {
    var selected = new ArrayList<String>(FIELDS);
    if (hasPrincipal) {
      selected.add(PRINCIPAL);
    }
    return selected;
  }

  @Override
  public SessionEntry map(CopyRow row) throws UnreadableRowException {
    if (row.isNull(SESSION_ID) || row.length(SESSION_ID) == 0) {
      throw new UnreadableRowException("session_id is null or empty");
    }
    if (row.isNull(EXPIRES_AT)) {
      throw new UnreadableRowException("expires_at is null");
    }
    if (row.bytes().length > JsonBuffer.MAX_BYTES) {
      throw new UnreadableRowException("larger than 4 MiB");
    }
    var fields = new SpringHashFields.Encoder();
    if (hasPrincipal && !row.isNull(PRINCIPAL_NAME)) {
      fields.addPrincipal(row.text(PRINCIPAL_NAME));
    }
    fields.add("creationTime", SpringHashFields.serialize(row.integer(CREATION_TIME)));
    fields.add("lastAccessedTime", SpringHashFields.serialize(row.integer(LAST_ACCESS_TIME)));
    fields.add(
        "maxInactiveInterval",
        SpringHashFields.serialize((int) row.integer(MAX_INACTIVE_INTERVAL)));
    var names = BinaryArray.elements(row, ATTRIBUTE_NAMES);
    var values = BinaryArray.elements(row, ATTRIBUTE_VALUES);
    for (int i = 0; i < names.size(); i++) {
      if (!SpringValues.java().canDecode(values.get(i))) {
        throw new UnreadableRowException("an attribute is not in Java serialization");
      }
      fields.addAttribute(names.get(i), values.get(i));
    }
    return new SessionEntry(
        SessionKey.ofSpringSession(row.text(SESSION_ID)),
        fields.toBytes(),
        SourceColumn.instant(row.integer(EXPIRES_AT)));
  }
}
