#include "program/command_line.h"

#include <stdio.h>
#include <string.h>

/* Whether the option's text, given or to come, ends here: -e and -l take one. */
static bool takes_text(char option) {
  return option == 'e' || option == 'l';
}

bool command_line_parse(command_line *line, int *bad) {
  int i = 1;
  for (; i < line->argc && line->argv[i][0] == '-' && line->argv[i][1] != '\0'; i++) {
    const char *option = line->argv[ *bad = i];
    if (takes_text(option[1])) {
      if (option[1] == 'e') line->statements = true;
      if (option[2] == '\0' && (++i >= line->argc || line->argv[i][0] == '-')) return false;
      continue;
    }
    if (option[2] != '\0') return false;
    switch (option[1]) {
    case '-':
      line->script = i + 1;
      return true;
    case 'E':
      line->no_environment = true;
      break;
    case 'i':
      line->interactive = true;
      break;
    case 'v':
      line->version = true;
      break;
    case 'W':
      break;
    default:
      return false;
    }
  }
  line->script = i;
  return true;
}

bool command_line_has_script(const command_line *line) {
  return line->script < line->argc;
}

bool command_line_from_input(const command_line *line) {
  return strcmp(line->argv[line->script], "-") == 0 && strcmp(line->argv[line->script - 1], "--") != 0;
}

bool command_line_each(const command_line *line, bool (*run)(void *user, char option, const char *text), void *user) {
  for (int i = 1; i < line->script && line->argv[i][1] != '-'; i++) {
    char option = line->argv[i][1];
    const char *text = NULL;
    if (takes_text(option)) text = line->argv[i][2] != '\0' ? line->argv[i] + 2 : line->argv[++i];
    if ((text || option == 'W') && !run(user, option, text)) return false;
  }
  return true;
}

void command_line_usage(const char *program, const char *bad) {
  fprintf(stderr, "%s: ", program);
  fprintf(stderr, takes_text(bad[1]) ? "'%s' needs argument\n" : "unrecognized option '%s'\n", bad);
  fprintf(stderr,
          "usage: %s [options] [script [args]]\n"
          "  -e stat   run the statements in `stat`\n"
          "  -i        read more from the terminal after the script\n"
          "  -l mod    require `mod` into the global `mod`\n"
          "  -l g=mod  require `mod` into the global `g`\n"
          "  -v        print the versions of Lua, aelua and its kernels\n"
          "  -E        ignore environment variables\n"
          "  -W        turn warnings on\n"
          "  --        end of options\n"
          "  -         run standard input, end of options\n",
          program);
}
