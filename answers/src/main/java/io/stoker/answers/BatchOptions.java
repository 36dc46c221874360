package io.stoker.answers;

/// Options that apply to all questions of a batch.
///
/// @param name a label chosen by the owner; empty for none
/// @param scope who may see the answers, such as a tenant and a digest of its permissions; an
///   answer is never served in another scope. Empty for answers that everybody may see
/// @param keepDuplicates whether questions with the same normal form as an earlier one are queued
///   too
/// @param onlyStale whether to skip questions whose cached answers are still fresh; otherwise all
///   are replaced
public record BatchOptions(String name, String scope, boolean keepDuplicates, boolean onlyStale) {

  /// The longest name or scope, in characters.
  public static final int MAX_LENGTH = 200;

  /// No name, visible to everybody, duplicates skipped, every answer replaced.
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
