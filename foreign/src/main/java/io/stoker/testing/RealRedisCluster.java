package io.stoker.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.params.MigrateParams;
import redis.clients.jedis.util.JedisClusterCRC16;

/// A real Redis cluster of three masters, each with a third of the slots, without replicas but
/// those that are added.
///
/// Masters are numbered 0 to 2. A killed node cannot be restarted. Thread-safe, except that only
/// one thread at a time may move slots.
public final class RealRedisCluster implements AutoCloseable {

  private static final int NODES = 3;
  private static final int SLOTS = 16_384;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration MIGRATION = Duration.ofSeconds(10);

  private final String password;
  private final List<RealRedis> nodes = new ArrayList<>();
  private final List<RealRedis> replicas = new ArrayList<>();

  private RealRedisCluster(String password) {
    this.password = password;
    try {
      for (int i = 0; i < NODES; i++) {
        nodes.add(startNode());
      }
      form();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /// Starts a cluster, and waits until its nodes agree about the slots.
  public static RealRedisCluster start() {
    return start("");
  }

  /// Starts a cluster with a password.
  public static RealRedisCluster start(String password) {
    return new RealRedisCluster(password);
  }

  /// As `redis://[:password@]127.0.0.1:port,127.0.0.1:port,127.0.0.1:port`.
  public String url() {
    var login = password.isEmpty() ? "" : ":" + password + "@";
    return nodes.stream()
        .map(node -> "127.0.0.1:" + node.port())
        .collect(Collectors.joining(",", "redis://" + login, ""));
  }

  public RealRedis node(int number) {
    return nodes.get(number);
  }

  public List<RealRedis> nodes() {
    return List.copyOf(nodes);
  }

  /// The slot, 0 to 16383, that a key belongs to.
  public static int slotOf(String key) {
    return JedisClusterCRC16.getSlot(key);
  }

  /// The number of the node that serves a slot.
  public int ownerOf(int slot) {
    return IntStream.range(0, NODES)
        .filter(number -> owns(nodes.get(number), slot))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no node serves slot " + slot));
  }

  /// Moves a slot with its keys to another node; its old owner then answers MOVED.
  public void moveSlot(int slot, int toNode) {
    startMovingSlot(slot, toNode);
    finishMovingSlot(slot, toNode);
  }

  /// Moves the keys of a slot but not the slot itself, so that its owner answers ASK for each of
  /// them until [#finishMovingSlot].
  public void startMovingSlot(int slot, int toNode) {
    var source = nodes.get(ownerOf(slot));
    var target = nodes.get(toNode);
    if (source.equals(target)) {
      throw new IllegalArgumentException("slot " + slot + " is on node " + toNode + " already");
    }
    try (var from = source.jedis();
        var to = target.jedis()) {
      to.clusterSetSlotImporting(slot, from.clusterMyId());
      from.clusterSetSlotMigrating(slot, to.clusterMyId());
      for (var keys = keysIn(from, slot); !keys.isEmpty(); keys = keysIn(from, slot)) {
        from.migrate(
            "127.0.0.1",
            target.port(),
            (int) MIGRATION.toMillis(),
            migration(),
            keys.toArray(String[]::new));
      }
    }
  }

  /// Completes a move: makes the target the slot's owner on all nodes.
  public void finishMovingSlot(int slot, int toNode) {
    String owner;
    try (var target = nodes.get(toNode).jedis()) {
      owner = target.clusterMyId();
      target.clusterSetSlotNode(slot, owner);
    }
    for (var node : nodes) {
      try (var jedis = node.jedis()) {
        jedis.clusterSetSlotNode(slot, owner);
      }
    }
  }

  /// Starts a replica of a master, which takes over if the master is killed: within two or three
  /// times `timeout`, which all nodes get as their `cluster-node-timeout`.
  public RealRedis addReplica(int number, Duration timeout) {
    var replica = startNode();
    replicas.add(replica);
    try (var jedis = replica.jedis();
        var master = nodes.get(number).jedis()) {
      if (!password.isEmpty()) {
        jedis.configSet("masterauth", password);
      }
      jedis.clusterMeet("127.0.0.1", nodes.getFirst().port());
      var id = master.clusterMyId();
      Polling.until(
          "the replica knows its master", PATIENCE, () -> jedis.clusterNodes().contains(id));
      jedis.clusterReplicate(id);
      Polling.until(
          "the replica is in sync and known to all",
          PATIENCE,
          () ->
              jedis.info("replication").contains("master_link_status:up")
                  && nodes.stream().allMatch(node -> knowsAsReplica(node, jedis.clusterMyId())));
    }
    Stream.concat(nodes.stream(), replicas.stream()).forEach(node -> setTimeout(node, timeout));
    return replica;
  }

  private static boolean knowsAsReplica(RealRedis node, String id) {
    try (var jedis = node.jedis()) {
      return jedis
          .clusterNodes()
          .lines()
          .anyMatch(line -> line.startsWith(id) && line.contains("slave"));
    }
  }

  private static void setTimeout(RealRedis node, Duration timeout) {
    try (var jedis = node.jedis()) {
      jedis.configSet("cluster-node-timeout", Long.toString(timeout.toMillis()));
      jedis.configSet("cluster-replica-validity-factor", "0");
    }
  }

  /// Removes every key.
  public void flush() {
    nodes.forEach(RealRedis::flush);
  }

  @Override
  public void close() {
    nodes.forEach(RealRedis::close);
    replicas.forEach(RealRedis::close);
  }

  private RealRedis startNode() {
    var node = RealRedis.builder().clusterNode();
    return password.isEmpty() ? node.start() : node.password(password).start();
  }

  private void form() {
    for (int number = 0; number < NODES; number++) {
      try (var node = nodes.get(number).jedis()) {
        node.sendCommand(Command.CLUSTER, "SET-CONFIG-EPOCH", Integer.toString(number + 1));
        node.clusterAddSlots(slotsOf(number));
        node.clusterMeet("127.0.0.1", nodes.getFirst().port());
      }
    }
    Polling.until(
        "the Redis cluster agrees", PATIENCE, () -> nodes.stream().allMatch(this::agrees));
  }

  private static int[] slotsOf(int number) {
    return IntStream.range(number * SLOTS / NODES, (number + 1) * SLOTS / NODES).toArray();
  }

  private boolean agrees(RealRedis node) {
    try (var jedis = node.jedis()) {
      var state = jedis.clusterInfo();
      return state.contains("cluster_state:ok")
          && state.contains("cluster_slots_ok:" + SLOTS)
          && state.contains("cluster_known_nodes:" + NODES)
          && !jedis.clusterNodes().contains("handshake");
    }
  }

  private static boolean owns(RealRedis node, int slot) {
    if (!node.isAlive()) {
      return false;
    }
    try (var jedis = node.jedis()) {
      return jedis
          .clusterNodes()
          .lines()
          .filter(line -> line.contains("myself"))
          .flatMap(line -> List.of(line.split(" ")).stream().skip(8))
          .filter(range -> !range.startsWith("["))
          .anyMatch(range -> contains(range, slot));
    }
  }

  /// Whether a slot is in a range such as `5461-10922` or `7`.
  private static boolean contains(String range, int slot) {
    var ends = List.of(range.split("-"));
    return Integer.parseInt(ends.getFirst()) <= slot && slot <= Integer.parseInt(ends.getLast());
  }

  private static List<String> keysIn(Jedis node, int slot) {
    return node.clusterGetKeysInSlot(slot, 100);
  }

  private MigrateParams migration() {
    var params = new MigrateParams().replace();
    return password.isEmpty() ? params : params.auth(password);
  }
}
