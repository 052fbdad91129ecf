/*
** terminal: lines from standard input, with editing and history where libedit
** was found and a person types.
*/
#ifndef AE_PROGRAM_TERMINAL_H
#define AE_PROGRAM_TERMINAL_H

#include <stdbool.h>

/* The next line without its end, to be freed; NULL: the end of input. */
char *terminal_read(const char *prompt);
void terminal_remember(const char *text);
bool terminal_is_input(void); /* whether a person types */

#endif
