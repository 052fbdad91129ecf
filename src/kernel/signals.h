/*
** signals: held back while code that oneDNN generated runs on this thread. Its
** matrix products for AVX-512 (seen in 2.6.3) use the stack pointer as one more
** register: the frame of a signal handler that ran then would be written over
** the heap.
**
** Signals of faults are not held back: they could not be handled later.
*/
#ifndef AE_KERNEL_SIGNALS_H
#define AE_KERNEL_SIGNALS_H

#include <signal.h>

static inline void ae_signals_hold(sigset_t *before) {
  sigset_t held;
  sigfillset(&held);
  sigdelset(&held, SIGSEGV);
  sigdelset(&held, SIGBUS);
  sigdelset(&held, SIGFPE);
  sigdelset(&held, SIGILL);
  sigdelset(&held, SIGTRAP);
  pthread_sigmask(SIG_BLOCK, &held, before);
}

static inline void ae_signals_let(const sigset_t *before) {
  pthread_sigmask(SIG_SETMASK, before, NULL);
}

#endif
