/*
** terminal: lines from standard input, with editing and history where libedit
** was found and a person types.
*/
#ifndef AE_PROGRAM_TERMINAL_H
#define AE_PROGRAM_TERMINAL_H

#include <stdbool.h>

/* The next line without its end, to be freed; NULL: the end of input, or
** *interrupted: terminal_interrupt came first, and what was typed is dropped. */
char *terminal_read(const char *prompt, bool *interrupted);
/* A handler of SIGINT, to be installed without SA_RESTART: ends terminal_read,
** and nothing else. */
void terminal_interrupt(int signal_number);
void terminal_remember(const char *text);
bool terminal_is_input(void); /* whether a person types */

#endif
