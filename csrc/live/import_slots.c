/* Import slots: see the header.
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* dl_iterate_phdr */
#include "live/import_slots.h"

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#include <dlfcn.h>
#include <link.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__x86_64__)
enum { GLOB_DAT = R_X86_64_GLOB_DAT, JUMP_SLOT = R_X86_64_JUMP_SLOT };
#else
enum { GLOB_DAT = R_AARCH64_GLOB_DAT, JUMP_SLOT = R_AARCH64_JUMP_SLOT };
#endif

/* A loaded library: what its dynamic section says of its imports. */
typedef struct library {
    uintptr_t anchor; /* an address in its code, by which it is found */
    bool found;
    const char *name;
    uintptr_t base;
    uintptr_t read_only, read_only_end; /* made read-only after relocation (RELRO) */
    const ElfW(Sym) * symbols;
    const char *names;
    struct {
        const ElfW(Rela) * first;
        size_t bytes;
    } tables[2]; /* DT_RELA, DT_JMPREL */
} library;

static bool holds(const struct dl_phdr_info *info, uintptr_t address)
{
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && address - (info->dlpi_addr + part->p_vaddr) < part->p_memsz) {
            return true;
        }
    }
    return false;
}

/* glibc has relocated the pointers of the dynamic section in memory, musl has not. */
static uintptr_t pointer(const library *in, ElfW(Addr) value)
{
    return value < in->base ? in->base + value : value;
}

static void read_dynamic(library *out, const ElfW(Dyn) * entry)
{
    for (; entry->d_tag != DT_NULL; entry++) {
        uintptr_t at = pointer(out, entry->d_un.d_ptr);
        switch (entry->d_tag) {
        case DT_SYMTAB:
            out->symbols = (const ElfW(Sym) *)at;
            break;
        case DT_STRTAB:
            out->names = (const char *)at;
            break;
        case DT_RELA:
            out->tables[0].first = (const ElfW(Rela) *)at;
            break;
        case DT_RELASZ:
            out->tables[0].bytes = entry->d_un.d_val;
            break;
        case DT_JMPREL:
            out->tables[1].first = (const ElfW(Rela) *)at;
            break;
        case DT_PLTRELSZ:
            out->tables[1].bytes = entry->d_un.d_val;
            break;
        default:
            break;
        }
    }
}

static int look_at(struct dl_phdr_info *info, size_t size, void *context)
{
    HSI_UNUSED(size);
    library *out = context;
    if (!holds(info, out->anchor)) {
        return 0;
    }
    out->found = true;
    out->name = info->dlpi_name;
    out->base = info->dlpi_addr;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_DYNAMIC) {
            read_dynamic(out, (const ElfW(Dyn) *)(info->dlpi_addr + part->p_vaddr));
        } else if (part->p_type == PT_GNU_RELRO) {
            out->read_only = info->dlpi_addr + part->p_vaddr;
            out->read_only_end = out->read_only + part->p_memsz;
        }
    }
    return 1;
}

/* Notes the addresses of all slots for which there is a relocation. */
static void find(const library *in, hsi_import_slot *slots, size_t count)
{
    for (size_t table = 0; table < HSI_COUNT(in->tables); table++) {
        size_t relocations = in->tables[table].bytes / sizeof(ElfW(Rela));
        for (size_t i = 0; i < relocations; i++) {
            const ElfW(Rela) *entry = &in->tables[table].first[i];
            unsigned long type = ELF64_R_TYPE(entry->r_info);
            if (type != GLOB_DAT && type != JUMP_SLOT) {
                continue;
            }
            const char *name = in->names + in->symbols[ELF64_R_SYM(entry->r_info)].st_name;
            for (size_t j = 0; j < count; j++) {
                if (strcmp(name, slots[j].symbol) == 0) {
                    slots[j].address = (hsi_import **)(in->base + entry->r_offset);
                }
            }
        }
    }
}

/* What the slot leads to. A slot that has not been bound yet leads to the resolver, which would write over it later. */
static hsi_import *target_of(const hsi_import_slot *slot, void *handle)
{
    hsi_import *bound;
    void *symbol = handle == NULL ? NULL : dlsym(handle, slot->symbol);
    memcpy(&bound, &symbol, sizeof bound); /* ISO C has no cast from an object pointer to a function pointer */
    return bound != NULL ? bound : *slot->address;
}

static bool protect(const library *in, const hsi_import_slot *slot, int protection)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t address = (uintptr_t)slot->address;
    if (address < in->read_only || address >= in->read_only_end) {
        return true;
    }
    return mprotect((void *)(address & ~(page - 1)), page, protection) == 0;
}

static bool replace(const library *in, const hsi_import_slot *slot)
{
    if (*slot->address == slot->replacement) {
        return true;
    }
    if (!protect(in, slot, PROT_READ | PROT_WRITE)) {
        return false;
    }
    __atomic_store_n(slot->address, slot->replacement, __ATOMIC_RELEASE);
    (void)protect(in, slot, PROT_READ); /* left writable, the slot still works */
    return true;
}

const char *hsi_import_slots_replace(hsi_import_slot *slots, size_t count, hsi_import *anchor)
{
    library in = {.anchor = (uintptr_t)anchor};
    (void)dl_iterate_phdr(look_at, &in);
    if (!in.found || in.symbols == NULL || in.names == NULL) {
        return "the library is not a shared object whose imports can be read";
    }
    find(&in, slots, count);
    for (size_t i = 0; i < count; i++) {
        if (slots[i].address == NULL && slots[i].required) {
            return "this build of GnuTLS does not import the functions that the probe looks at";
        }
    }
    void *handle = dlopen(in.name, RTLD_LAZY | RTLD_NOLOAD);
    for (size_t i = 0; i < count; i++) {
        if (slots[i].address != NULL) {
            *slots[i].real = target_of(&slots[i], handle);
        }
    }
    bool replaced = true;
    for (size_t i = 0; i < count && replaced; i++) {
        replaced = slots[i].address == NULL || replace(&in, &slots[i]);
    }
    if (handle != NULL) {
        (void)dlclose(handle);
    }
    return replaced ? NULL : "the operating system keeps the library's imports read-only";
}

#elif defined(__linux__)

const char *hsi_import_slots_replace(hsi_import_slot *slots, size_t count, hsi_import *anchor)
{
    HSI_UNUSED(slots);
    HSI_UNUSED(count);
    HSI_UNUSED(anchor);
    return "the probe is not written for this processor";
}

#else

const char *hsi_import_slots_replace(hsi_import_slot *slots, size_t count, hsi_import *anchor)
{
    HSI_UNUSED(slots);
    HSI_UNUSED(count);
    HSI_UNUSED(anchor);
    return "the probe is written for ELF on Linux only";
}

#endif
