#define _GNU_SOURCE
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include "CShims.h"

static int forget_pages(struct dl_phdr_info *program, size_t size, void *nothing) {
    (void)size;
    (void)nothing;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int index = 0; index < program->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &program->dlpi_phdr[index];
        // What may be written holds what the linker and the program have put there.
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        uintptr_t start = program->dlpi_addr + segment->p_vaddr;
        uintptr_t end = start + segment->p_filesz;
        start &= ~(page - 1);
        // The last page may be shared with the next segment.
        end &= ~(page - 1);
        if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    // The program itself comes first, and its libraries are other programs' as well.
    return 1;
}

void newswire_forget_program_pages(void) { dl_iterate_phdr(forget_pages, NULL); }
