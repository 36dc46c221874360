package io.stoker.state;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Creates private files (0600) and folders (0700), whatever the umask.
///
/// Existing folders keep their permissions, since they may contain other files. On file systems
/// without POSIX permissions, none are set.
public final class PrivateFiles {

  private static final Logger LOG = LoggerFactory.getLogger(PrivateFiles.class);
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFiles() {}

  /// Creates a folder and its parents, if missing.
  ///
  /// @throws IOException if it cannot be created
  public static void folder(Path folder) throws IOException {
    Files.createDirectories(folder, rights(folder, FOLDER));
  }

  /// Creates an empty file.
  ///
  /// @throws FileAlreadyExistsException if it exists
  /// @throws IOException if it cannot be created
  public static void create(Path file) throws IOException {
    Files.createFile(file, rights(file, FILE));
  }

  /// Creates an empty file, or restricts the permissions of an existing one to its owner.
  ///
  /// @throws IOException if it cannot be created
  public static void file(Path file) throws IOException {
    try {
      create(file);
    } catch (FileAlreadyExistsException _) {
      restrict(file);
    }
  }

  /// Restricts a file's permissions to its owner, if it exists.
  ///
  /// @throws IOException if they cannot be read
  public static void restrict(Path file) throws IOException {
    if (!hasRights(file) || !Files.exists(file)) {
      return;
    }
    try {
      if (!Files.getPosixFilePermissions(file).equals(FILE)) {
        Files.setPosixFilePermissions(file, FILE);
      }
    } catch (FileSystemException e) {
      LOG.warn("Others may be able to read {}, whose permissions cannot be changed: {}", file, e);
    }
  }

  private static FileAttribute<?>[] rights(Path path, Set<PosixFilePermission> rights) {
    return hasRights(path)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(rights)}
        : new FileAttribute<?>[0];
  }

  private static boolean hasRights(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
