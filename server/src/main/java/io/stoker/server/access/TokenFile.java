package io.stoker.server.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.server.wire.InvalidValueException;
import io.stoker.state.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file of tokens, one per line in the format of [StoredToken], with comments after `#`. A
/// missing file counts as empty.
///
/// Changes replace the whole file atomically, so that readers never see part of one. Thread-safe.
public final class TokenFile implements TokenStore {

  static final String SETTING = "stoker.tokens-file";

  private static final String HEAD =
      "# Tokens of Stoker: name, role, SHA-256, time of creation. Made by './stoker token"
          + " create'.";

  private static final Logger LOG = LoggerFactory.getLogger(TokenFile.class);

  private final Path path;

  public TokenFile(Path path) {
    this.path = path.toAbsolutePath();
  }

  @Override
  public List<StoredToken> read() {
    return tokens(lines());
  }

  private List<String> lines() {
    try {
      return isThere() ? Files.readAllLines(path, UTF_8) : List.of();
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (IOException e) {
      throw new InvalidValueException(
          SETTING, "expected a file of tokens, but it cannot be read: " + e);
    }
  }

  private List<StoredToken> tokens(List<String> lines) {
    var all = new ArrayList<StoredToken>();
    var names = new HashSet<String>();
    for (int i = 0; i < lines.size(); i++) {
      if (isComment(lines.get(i))) {
        continue;
      }
      try {
        var token = StoredToken.parse(lines.get(i));
        if (!names.add(token.name())) {
          throw new IllegalArgumentException(
              "expected each name once, got " + token.name() + " twice");
        }
        all.add(token);
      } catch (IllegalArgumentException e) {
        throw new InvalidValueException(
            SETTING, path + ", line " + (i + 1) + ": " + e.getMessage());
      }
    }
    return all;
  }

  private static boolean isComment(String line) {
    return line.isBlank() || line.strip().startsWith("#");
  }

  @Override
  public void add(StoredToken token) {
    change(lines -> {
      if (tokens(lines).stream().anyMatch(other -> other.name().equals(token.name()))) {
        throw TokenStore.taken(token.name());
      }
      lines.add(token.line());
    });
  }

  @Override
  public void remove(String name) {
    change(lines -> {
      if (tokens(lines).stream().noneMatch(token -> token.name().equals(name))) {
        throw TokenStore.unknown(name, this);
      }
      lines.removeIf(line -> !isComment(line) && StoredToken.parse(line).name().equals(name));
    });
  }

  /// Writes a new file and moves it over this one. The new file is also the lock that keeps other
  /// commands from changing this one.
  private void change(Consumer<List<String>> edit) {
    var next = path.resolveSibling(path.getFileName() + ".new");
    try {
      PrivateFiles.folder(folder());
      PrivateFiles.create(next);
    } catch (FileAlreadyExistsException _) {
      throw new InvalidValueException(
          SETTING, "another command is changing it. If none is, delete " + next + " and try again");
    } catch (IOException e) {
      throw notWritten(e);
    }
    try {
      boolean isNew = !Files.exists(path);
      var place = isNew ? path : path.toRealPath();
      var lines = new ArrayList<>(isNew ? List.of(HEAD) : lines());
      edit.accept(lines);
      write(next, String.join("\n", lines) + "\n");
      keepOwner(isNew ? folder() : place, next);
      Files.move(next, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw notWritten(e);
    } finally {
      discard(next);
    }
  }

  private InvalidValueException notWritten(IOException e) {
    return new InvalidValueException(
        SETTING, "expected to write " + path + ", but it cannot be: " + e);
  }

  private Path folder() {
    var folder = path.getParent();
    return folder == null ? path : folder;
  }

  private static void write(Path file, String text) throws IOException {
    try (var out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      var bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
  }

  /// Keeps the file readable for a server that runs as another user when root creates tokens.
  private static void keepOwner(Path example, Path file) throws IOException {
    var owner = Files.getOwner(example);
    if (!owner.equals(Files.getOwner(file))) {
      try {
        Files.setOwner(file, owner);
      } catch (FileSystemException e) {
        LOG.debug("The owner of {} could not be changed: {}", file, e.toString());
      }
    }
  }

  private static void discard(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("Could not delete {}; delete it by hand: {}", file, e.toString());
    }
  }

  /// @throws IOException if it cannot be determined
  private boolean isThere() throws IOException {
    try {
      var _ = Files.readAttributes(path, BasicFileAttributes.class);
      return true;
    } catch (NoSuchFileException _) {
      return false;
    } catch (IOException e) {
      if (Files.isRegularFile(folder())) {
        return false; // Code that creates the folder reports that it is a file.
      }
      throw e;
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
