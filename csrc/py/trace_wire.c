/* What went over the wire, piece by piece, as the journal has it: for who writes it down as packets.
 * SPDX-License-Identifier: MIT */
#include "base/cursor.h"
#include "py/trace.h"

enum { HEADER = 5, TOTAL = 8 }; /* of a record, RFC 8446 section 5.1; of an ELIDED entry, journal.h */

/* A piece of what an entry's sender sent. */
static PyObject *piece(const hsi_entry *entry, PyObject *what)
{
    return Py_BuildValue("(NKN)", hsi_py_side(entry->sender), (unsigned long long)entry->time_ns, what);
}

static PyObject *show_bytes(const hsi_entry *entry)
{
    return piece(entry, hsi_py_bytes(entry->data));
}

static PyObject *show_end(const hsi_entry *entry)
{
    return piece(entry, hsi_py_text(hsi_end_name(entry->code)));
}

/* How many bytes are not here. */
static PyObject *show_elided(const hsi_entry *entry)
{
    hsi_cursor in = hsi_cursor_of(entry->aux);
    uint64_t fragments = 0;
    bool whole = hsi_cursor_uint(&in, TOTAL, &fragments) == HSI_OK;
    return piece(entry, PyLong_FromUnsignedLongLong(whole ? fragments + HEADER * entry->number : 0));
}

/* Likewise; a conflict, or bytes before the first that was captured, leave no hole. */
static PyObject *show_fault(const hsi_entry *entry)
{
    bool hole = entry->code == HSI_FAULT_HOLE || entry->code == HSI_FAULT_CUT;
    hsi_cursor in = hsi_cursor_of(entry->aux);
    uint64_t length = 0;
    bool known = hole && hsi_cursor_uint(&in, TOTAL, &length) == HSI_OK;
    return piece(entry, PyLong_FromUnsignedLongLong(known ? length : 0));
}

static hsi_shower *const showers[HSI_ENTRY_KINDS] = {
    [HSI_ENTRY_OPENING] = show_bytes, [HSI_ENTRY_WIRE] = show_bytes,  [HSI_ENTRY_END] = show_end,
    [HSI_ENTRY_ELIDED] = show_elided, [HSI_ENTRY_FAULT] = show_fault,
};

PyObject *hsi_trace_wire(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return hsi_trace_entries(self, showers);
}
