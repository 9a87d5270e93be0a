/*
 * Preloaded into user-mode Linux on processors with AMX. Their vector state (XSAVE) is larger than its buffer for that state.
 * User-mode Linux reads the state truncated to the buffer and writes it back truncated. The host's kernel accepts only the
 * whole state (xstateregs_set in arch/x86/kernel/fpu/regset.c answers EFAULT), and the guest's first process dies with
 * "ptrace set fp regs failed, errno = 14". This library fills in the missing part with the current state of the process.
 *
 * It is compiled without headers, so that tcc alone is enough: tcc -shared -nostdlib -o xstate.so xstate.c
 */
enum {
    PTRACE_PEEKTEXT = 1,
    PTRACE_PEEKUSER = 3,
    PTRACE_GETREGSET = 0x4204,
    PTRACE_SETREGSET = 0x4205,
    NT_X86_XSTATE = 0x202,
    SYS_ptrace = 101,
};

struct iovec {
    char *base;
    unsigned long length;
};

extern long syscall(long number, ...);

long ptrace(long request, long process, void *address, void *data)
{
    /* Only one thread of user-mode Linux traces. */
    static char state[1 << 16];

    if (request >= PTRACE_PEEKTEXT && request <= PTRACE_PEEKUSER) {
        /* The C library returns the word that was read; the system call writes it where data points. */
        long word, result = syscall(SYS_ptrace, request, process, address, &word);

        return result < 0 ? result : word;
    }

    if (request == PTRACE_SETREGSET && (long)address == NT_X86_XSTATE) {
        struct iovec *given = data, whole = { state, sizeof(state) };

        if (syscall(SYS_ptrace, (long)PTRACE_GETREGSET, process, address, &whole) == 0 && whole.length > given->length) {
            for (unsigned long i = 0; i < given->length; i++)
                state[i] = given->base[i];
            return syscall(SYS_ptrace, request, process, address, &whole);
        }
    }

    return syscall(SYS_ptrace, request, process, address, data);
}
