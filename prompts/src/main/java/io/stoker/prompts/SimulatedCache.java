package io.stoker.prompts;

import java.util.Arrays;
import java.util.stream.Stream;

/// What the simulator remembers of prompts: for each beginning, when it is forgotten. Thread-safe.
///
/// A beginning is known by a hash of 64 bits, so that a million of them fit into some 40 MB; on one
/// prompt in about 10^13 it will be wrong. What is forgotten makes room for what comes.
final class SimulatedCache {

  private static final int SHELVES = 64;

  private final Shelf[] shelves = Stream.generate(Shelf::new).limit(SHELVES).toArray(Shelf[]::new);

  /// Whether a beginning is remembered.
  boolean holds(long prefix, long now) {
    long key = key(prefix);
    return shelf(key).holds(key, now);
  }

  /// Remembers a beginning, or remembers it until another time.
  void keep(long prefix, long now, long until) {
    long key = key(prefix);
    shelf(key).keep(key, now, until);
  }

  /// Forgets everything.
  void clear() {
    Stream.of(shelves).forEach(Shelf::clear);
  }

  /// How many beginnings are remembered. Looks at each.
  long size(long now) {
    return Stream.of(shelves).mapToLong(shelf -> shelf.size(now)).sum();
  }

  /// How many there is room for, of 16 bytes each.
  long room() {
    return Stream.of(shelves).mapToLong(Shelf::room).sum();
  }

  private Shelf shelf(long key) {
    return shelves[(int) (key >>> 58)];
  }

  /// A beginning's hash, with all of its bits stirred, and never 0.
  private static long key(long prefix) {
    long key = (prefix ^ (prefix >>> 32)) * 0xd6e8feb86659fd93L;
    key = (key ^ (key >>> 32)) * 0xd6e8feb86659fd93L;
    key ^= key >>> 32;
    return key == 0 ? 1 : key;
  }

  /// A part of it, so that threads seldom meet: a table with open addressing. Guarded by itself.
  private static final class Shelf {

    private static final int SMALLEST = 16;
    private static final int NOWHERE = -1;

    /// 0 where there is nothing.
    private long[] keys = new long[SMALLEST];

    private long[] ends = new long[SMALLEST];
    private int used;

    synchronized boolean holds(long key, long now) {
      int at = find(key);
      return keys[at] == key && ends[at] > now;
    }

    synchronized void keep(long key, long now, long until) {
      int free = NOWHERE;
      int at = home(key);
      while (keys[at] != 0 && keys[at] != key) {
        if (free == NOWHERE && ends[at] <= now) {
          free = at;
        }
        at = next(at);
      }
      if (keys[at] == key) {
        ends[at] = until;
      } else if (free != NOWHERE) {
        put(free, key, until);
      } else {
        put(at, key, until);
        used++;
        if (used > keys.length / 4 * 3) {
          moveOut(now);
        }
      }
    }

    /// Leaves behind what is forgotten.
    private void moveOut(long now) {
      var oldKeys = keys;
      var oldEnds = ends;
      int remembered = size(now);
      int room = Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, 2 * remembered - 1)) * 2);
      keys = new long[room];
      ends = new long[room];
      used = remembered;
      for (int i = 0; i < oldKeys.length; i++) {
        if (oldKeys[i] != 0 && oldEnds[i] > now) {
          put(find(oldKeys[i]), oldKeys[i], oldEnds[i]);
        }
      }
    }

    private void put(int at, long key, long until) {
      keys[at] = key;
      ends[at] = until;
    }

    /// Where it is, or where it would be put.
    private int find(long key) {
      int at = home(key);
      while (keys[at] != 0 && keys[at] != key) {
        at = next(at);
      }
      return at;
    }

    private int home(long key) {
      return (int) key & (keys.length - 1);
    }

    private int next(int at) {
      return (at + 1) & (keys.length - 1);
    }

    synchronized int size(long now) {
      int size = 0;
      for (int i = 0; i < keys.length; i++) {
        if (keys[i] != 0 && ends[i] > now) {
          size++;
        }
      }
      return size;
    }

    synchronized void clear() {
      Arrays.fill(keys, 0);
      used = 0;
    }

    synchronized int room() {
      return keys.length;
    }
  }
}
