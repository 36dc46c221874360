package io.stoker.server.http;

import org.springframework.http.HttpStatus;

/// Thrown to answer a request with a [Problem].
final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  ProblemException(HttpStatus status, String code, String detail) {
    this(new Problem(status, code, detail));
  }

  ProblemException(Problem problem) {
    super(problem.detail());
    this.problem = problem;
  }

  ProblemException(Problem problem, Throwable cause) {
    super(problem.detail(), cause);
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}
