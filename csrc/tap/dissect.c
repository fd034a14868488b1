/* Dissect: vectors whose items are all alike. See the header.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

typedef hsi_status read_number(hsi_fields *f, hsi_cursor *in, const char *name, hsi_registry registry);

static hsi_status numbers(hsi_fields *f, hsi_cursor *in, const char *name, size_t width, hsi_registry registry,
                          read_number *read)
{
    hsi_cursor list;
    HSI_TRY(hsi_field_vector(f, in, name, width, &list));
    while (!hsi_cursor_empty(&list)) {
        HSI_TRY(read(f, &list, HSI_ITEM, registry));
    }
    return HSI_OK;
}

hsi_status hsi_dissect_u8s(hsi_fields *f, hsi_cursor *in, const char *name, size_t width, hsi_registry registry)
{
    return numbers(f, in, name, width, registry, hsi_field_u8);
}

hsi_status hsi_dissect_u16s(hsi_fields *f, hsi_cursor *in, const char *name, size_t width, hsi_registry registry)
{
    return numbers(f, in, name, width, registry, hsi_field_u16);
}

hsi_status hsi_dissect_opaques(hsi_fields *f, hsi_cursor *in, const char *name, size_t width, size_t item_width)
{
    hsi_cursor list;
    HSI_TRY(hsi_field_vector(f, in, name, width, &list));
    while (!hsi_cursor_empty(&list)) {
        HSI_TRY(hsi_field_opaque_vector(f, &list, HSI_ITEM, item_width));
    }
    return HSI_OK;
}

hsi_status hsi_dissect_structs(hsi_fields *f, hsi_cursor *in, const char *name, size_t width, hsi_dissector *item)
{
    hsi_cursor list;
    HSI_TRY(hsi_field_vector(f, in, name, width, &list));
    while (!hsi_cursor_empty(&list)) {
        HSI_TRY(hsi_field_begin(f, &list, HSI_ITEM));
        HSI_TRY(item(f, &list));
        hsi_field_end(f, &list);
    }
    return HSI_OK;
}

hsi_status hsi_dissect_protocol_name(hsi_fields *f, hsi_cursor *in, const char *name)
{
    HSI_TRY(hsi_field_text_vector(f, in, name, 1));
    hsi_bytes text = hsi_field_last(f)->content;
    if (text.length == 2) {
        hsi_field_last(f)->meaning = hsi_protocol_name_grease((uint32_t)text.data[0] << 8 | text.data[1]);
    }
    return HSI_OK;
}

hsi_status hsi_dissect_protocol_names(hsi_fields *f, hsi_cursor *in, const char *name)
{
    return hsi_dissect_list(f, in, name, 2, hsi_dissect_protocol_name);
}

hsi_status hsi_dissect_nothing(hsi_fields *f, hsi_cursor *in)
{
    HSI_UNUSED(f);
    HSI_UNUSED(in);
    return HSI_OK;
}
