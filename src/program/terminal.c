#define _POSIX_C_SOURCE 200809L
#include "program/terminal.h"

#include <errno.h>
#include <signal.h>
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

static volatile sig_atomic_t interrupted;

void terminal_interrupt(int signal_number) {
  (void)signal_number;
  interrupted = 1;
}

static char *read_plain(const char *prompt) {
  char *line = NULL;
  size_t capacity = 0;
  fputs(prompt, stdout);
  fflush(stdout);
  if (getline(&line, &capacity, stdin) < 0) {
    if (interrupted) clearerr(stdin);
    free(line);
    return NULL;
  }
  line[strcspn(line, "\n")] = '\0';
  return line;
}

#ifdef AELUA_EDITLINE

/* libedit's own goes on reading after a signal. */
static int read_key(FILE *input) {
  unsigned char key;
  for (;;) {
    ssize_t got = interrupted ? 0 : read(fileno(input), &key, 1);
    if (got == 1) return key;
    if (got == 0 || errno != EINTR) return EOF;
  }
}

static char *read_edited(const char *prompt) {
  rl_readline_name = "aelua";
  rl_getc_function = read_key;
  rl_bind_key('\t', rl_insert);
  return readline(prompt);
}

void terminal_remember(const char *text) {
  if (text[0] != '\0') add_history(text);
}

#else

static char *read_edited(const char *prompt) {
  return read_plain(prompt);
}

void terminal_remember(const char *text) {
  (void)text;
}

#endif

char *terminal_read(const char *prompt, bool *was_interrupted) {
  interrupted = 0;
  char *line = terminal_is_input() ? read_edited(prompt) : read_plain(prompt);
  *was_interrupted = interrupted;
  if (!interrupted) return line;
  free(line);
  putchar('\n');
  return NULL;
}
