/*
** command_line: what the arguments of the program ask for.
**
** Not here: doing it (main.c).
*/
#ifndef AE_PROGRAM_COMMAND_LINE_H
#define AE_PROGRAM_COMMAND_LINE_H

#include <stdbool.h>

typedef struct command_line {
  int argc, script; /* argv[script] is the script; past the end: there is none */
  char **argv;
  bool interactive, version, no_environment, statements;
} command_line;

/* Reads argc and argv. False: argv[*bad] is no option, or lacks its argument. */
bool command_line_parse(command_line *line, int *bad);
bool command_line_has_script(const command_line *line);
/* Whether the script is standard input. */
bool command_line_from_input(const command_line *line);

/* Calls `run(user, option, text)` for every -e, -l and -W in order; text is NULL
** for -W. Ends with false as soon as run does. */
bool command_line_each(const command_line *line, bool (*run)(void *user, char option, const char *text), void *user);

void command_line_usage(const char *program, const char *bad);

#endif
