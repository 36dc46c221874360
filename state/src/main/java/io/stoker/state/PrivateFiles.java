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

/// Makes files of state, whose contents are nobody else's business: files that only their owner can
/// read and write (0600), in folders that only their owner can enter (0700), whatever the umask.
///
/// Folders that are there already stay as they are, for they may be there for more than Stoker's
/// files. Where the file system has no such rights nothing is done about them.
public final class PrivateFiles {

  private static final Logger LOG = LoggerFactory.getLogger(PrivateFiles.class);
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFiles() {}

  /// Makes a folder, with those above it, where there is none.
  ///
  /// @throws IOException if it cannot be made
  public static void folder(Path folder) throws IOException {
    Files.createDirectories(folder, rights(folder, FOLDER));
  }

  /// Makes an empty file.
  ///
  /// @throws FileAlreadyExistsException if it is there
  /// @throws IOException if it cannot be made
  public static void create(Path file) throws IOException {
    Files.createFile(file, rights(file, FILE));
  }

  /// Makes an empty file where there is none, and takes the rights of others from one that is
  /// there.
  ///
  /// @throws IOException if it cannot be made
  public static void file(Path file) throws IOException {
    try {
      create(file);
    } catch (FileAlreadyExistsException _) {
      keep(file);
    }
  }

  /// Takes the rights of others from a file, if it is there.
  ///
  /// @throws IOException if it is not known which they are
  public static void keep(Path file) throws IOException {
    if (!hasRights(file) || !Files.exists(file)) {
      return;
    }
    try {
      if (!Files.getPosixFilePermissions(file).equals(FILE)) {
        Files.setPosixFilePermissions(file, FILE);
      }
    } catch (FileSystemException e) {
      LOG.warn("Others may be able to read {}, whose rights cannot be changed: {}", file, e);
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
