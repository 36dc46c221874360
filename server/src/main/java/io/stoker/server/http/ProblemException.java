package io.stoker.server.http;

/// Carries a [Problem] to where responses are made.
final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  ProblemException(Problem problem) {
    super(problem.detail());
    this.problem = problem;
  }

  /// With the trouble that it comes from.
  ProblemException(Problem problem, Throwable cause) {
    super(problem.detail(), cause);
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}
