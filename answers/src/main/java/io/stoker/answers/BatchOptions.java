package io.stoker.answers;

/// What a whole batch is to be done with.
///
/// @param name what its owner calls it; empty for nothing
/// @param scope whose answers these are, such as a tenant and a digest of what it may see; an
///   answer is never served in another scope. Empty for everybody's
/// @param keepDuplicates whether a question that says the same as an earlier one of the batch is
///   queued all the same
/// @param onlyStale whether to leave answers alone that are still fresh; otherwise all are replaced
public record BatchOptions(String name, String scope, boolean keepDuplicates, boolean onlyStale) {

  /// How long a name and a scope may be, in characters.
  public static final int MAX_LENGTH = 200;

  /// No name, everybody's scope, duplicates skipped, every answer replaced.
  public static final BatchOptions STANDARD = new BatchOptions("", "", false, false);

  /// Checks the lengths.
  public BatchOptions {
    require(name, "name");
    require(scope, "scope");
  }

  private static void require(String text, String what) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "the "
              + what
              + " must have at most "
              + MAX_LENGTH
              + " characters but has "
              + text.length());
    }
  }
}
