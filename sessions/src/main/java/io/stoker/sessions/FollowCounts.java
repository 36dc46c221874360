package io.stoker.sessions;

/// What a follower has done since it started.
///
/// @param written entries written because their session's row changed
/// @param ended sessions ended
/// @param usersWritten users whose entries were written anew
/// @param usersEnded users whose sessions were all ended
/// @param everythingEnded how often everything was ended
/// @param unusable changes of rows whose key is no key of a session
public record FollowCounts(
    long written,
    long ended,
    long usersWritten,
    long usersEnded,
    long everythingEnded,
    long unusable) {

  static final FollowCounts NONE = new FollowCounts(0, 0, 0, 0, 0, 0);

  FollowCounts plus(FollowCounts other) {
    return new FollowCounts(
        written + other.written,
        ended + other.ended,
        usersWritten + other.usersWritten,
        usersEnded + other.usersEnded,
        everythingEnded + other.everythingEnded,
        unusable + other.unusable);
  }
}
