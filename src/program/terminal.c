#define _POSIX_C_SOURCE 200809L
#include "program/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef AELUA_EDITLINE
#include <editline/readline.h>
#endif

bool terminal_is_input(void) {
  return isatty(STDIN_FILENO);
}

static char *read_plain(const char *prompt) {
  char *line = NULL;
  size_t capacity = 0;
  fputs(prompt, stdout);
  fflush(stdout);
  if (getline(&line, &capacity, stdin) < 0) {
    free(line);
    return NULL;
  }
  line[strcspn(line, "\n")] = '\0';
  return line;
}

#ifdef AELUA_EDITLINE

char *terminal_read(const char *prompt) {
  if (!terminal_is_input()) return read_plain(prompt);
  rl_readline_name = "aelua";
  rl_bind_key('\t', rl_insert);
  return readline(prompt);
}

void terminal_remember(const char *text) {
  if (text[0] != '\0') add_history(text);
}

#else

char *terminal_read(const char *prompt) {
  return read_plain(prompt);
}

void terminal_remember(const char *text) {
  (void)text;
}

#endif
