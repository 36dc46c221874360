package io.stoker.examples.springapp;

import io.stoker.StokerException;
import io.stoker.sessions.Session;
import io.stoker.sessions.SessionCache;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/// Answers `GET /me` with the user's id: 401 without a live session, 503 if neither Redis nor
/// Postgres answers.
@RestController
final class MeController {

  private static final String BEARER = "Bearer ";

  private final SessionCache sessions;

  MeController(SessionCache sessions) {
    this.sessions = sessions;
  }

  @GetMapping("/me")
  ResponseEntity<String> me(
      @RequestHeader(name = HttpHeaders.AUTHORIZATION, required = false)
          @Nullable String authorization) {
    if (authorization == null || !authorization.startsWith(BEARER)) {
      return ResponseEntity.status(HttpStatus.UNAUTHORIZED).build();
    }
    return sessions
        .find(authorization.substring(BEARER.length()).strip())
        .map(Session::userId)
        .map(ResponseEntity::ok)
        .orElseGet(() -> ResponseEntity.status(HttpStatus.UNAUTHORIZED).build());
  }

  @ExceptionHandler
  ResponseEntity<String> unanswered(StokerException e) {
    return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).body("try again\n");
  }
}
