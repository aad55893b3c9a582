/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "cli/cmd.h"
#include "model/catalogue.h"

static bool arg_asset_types;

static const char *conclusion(const struct cmek_service_type *type)
{
    if (type->governed_by == 0)
        return "only whether its key can be used";
    if (!(type->governed_by >> CMEK_CONSTRAINT_SERVICE & 1))
        return "only where its key comes from";
    return type->absence == CMEK_ABSENCE_FAILS ? "no key: fails" : "no key: unknown";
}

static void list(const struct cmek_catalogue *catalogue, bool only_selected,
                 struct cmek_strbuf *text)
{
    for (size_t i = 0; i < catalogue->services.count; i++) {
        const struct cmek_service *service = catalogue->services.items[i];
        if (only_selected && !service->is_selected)
            continue;
        if (service->note)
            cmek_strbuf_printf(text, "%-51s not judged\n", service->value);
        for (size_t k = 0; k < catalogue->types.count; k++)
            if (catalogue->types.items[k]->service == service)
                cmek_strbuf_printf(text, "%-51s %s\n", catalogue->types.items[k]->asset_type,
                                   conclusion(catalogue->types.items[k]));
    }
}

static void show_places(const char *title, const struct cmek_key_places *places,
                        struct cmek_strbuf *text)
{
    for (size_t i = 0; i < places->count; i++)
        for (size_t k = 0; k < places->items[i].count; k++)
            cmek_strbuf_printf(text, "    %-10s %s\n", k > 0 ? "or" : title,
                               places->items[i].items[k].text);
}

static void show_stand_ins(const struct cmek_other_key *other_keys, size_t other_key_count,
                           const struct cmek_exception *exceptions, size_t exception_count,
                           struct cmek_strbuf *text)
{
    for (size_t i = 0; i < other_key_count; i++)
        cmek_strbuf_printf(text, "    %-10s %s (%s)\n", "instead", other_keys[i].field.text,
                           other_keys[i].reason);
    for (size_t i = 0; i < exception_count; i++)
        cmek_strbuf_printf(text, "    %-10s %s is %s\n", "except",
                           exceptions[i].name ? "its name" : exceptions[i].field.text,
                           exceptions[i].name    ? exceptions[i].name
                           : exceptions[i].value ? exceptions[i].value
                                                 : "set");
}

static void show_terraform(const struct cmek_terraform_type *row, struct cmek_strbuf *text)
{
    cmek_strbuf_printf(text, "    %-10s %s%s\n", "terraform", row->type,
                       row->is_verified ? "" : " (not verified)");
    show_places("", &row->keys, text);
    show_places("also", &row->further_keys, text);
    show_stand_ins(row->other_keys, row->other_key_count, row->exceptions, row->exception_count,
                   text);
}

static void show_type(const struct cmek_service_type *type, struct cmek_strbuf *text)
{
    cmek_strbuf_printf(text, "\n  %s (%s)\n    %s%s\n", type->asset_type, type->noun,
                       conclusion(type), type->is_verified ? "" : "; not verified");
    show_places("key", &type->keys, text);
    show_places("also", &type->further_keys, text);
    show_stand_ins(type->other_keys, type->other_key_count, type->exceptions, type->exception_count,
                   text);
    for (size_t i = 0; i < type->terraform_count; i++)
        show_terraform(&type->terraform[i], text);
    for (size_t i = 0; i < type->discovery.count; i++)
        cmek_strbuf_printf(text, "    %-10s %s\n", "schema", type->discovery.items[i]);
    cmek_strbuf_printf(text, "    %-10s %s\n", "from", type->origin);
}

static void show(const struct cmek_catalogue *catalogue, const struct cmek_service *service,
                 struct cmek_strbuf *text)
{
    cmek_strbuf_printf(text, "%s%s (%s)\n", text->length > 0 ? "\n" : "", service->value,
                       service->name);
    if (service->reference)
        cmek_strbuf_printf(text, "  %s\n", service->reference);
    if (service->note)
        cmek_strbuf_printf(text, "  not judged: %s\n", service->note);
    for (size_t i = 0; i < catalogue->types.count; i++)
        if (catalogue->types.items[i]->service == service)
            show_type(catalogue->types.items[i], text);
}

/* What a complete export holds besides the resources, comma-separated as gcloud wants it. */
static void list_asset_types(const struct cmek_catalogue *catalogue, struct cmek_strbuf *text)
{
    static const enum cmek_asset_kind kinds[] = {
        CMEK_ASSET_ORGANIZATION, CMEK_ASSET_FOLDER,     CMEK_ASSET_PROJECT,
        CMEK_ASSET_TAG_KEY,      CMEK_ASSET_TAG_VALUE,  CMEK_ASSET_TAG_BINDING,
        CMEK_ASSET_POLICY,       CMEK_ASSET_CRYPTO_KEY, CMEK_ASSET_SERVICE,
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        cmek_strbuf_printf(text, "%s,", cmek_asset_type_name(kinds[i]));
    struct cmek_arena arena = {0};
    struct cmek_strings types = cmek_catalogue_selected_types(catalogue, &arena);
    for (size_t i = 0; i < types.count; i++)
        cmek_strbuf_printf(text, "%s%s", i > 0 ? "," : "", types.items[i]);
    cmek_strbuf_putc(text, '\n');
    cmek_arena_done(&arena);
}

/* Those that the words name, or none of them. */
static enum cmek_status show_words(struct cmek_catalogue *catalogue,
                                   const struct cmek_values *words, struct cmek_strbuf *text,
                                   struct cmek_error *err)
{
    for (size_t i = 0; i < words->count; i++) {
        cmek_catalogue_select_all(catalogue, false);
        enum cmek_status status = cmek_args_select(catalogue, words->items[i], err);
        if (status != CMEK_OK)
            return status;
        for (size_t k = 0; k < catalogue->services.count; k++)
            if (catalogue->services.items[k]->is_selected)
                show(catalogue, catalogue->services.items[k], text);
    }
    return CMEK_OK;
}

static int run(const struct cmek_values *words)
{
    struct cmek_error err = {0};
    struct cmek_catalogue *catalogue = NULL;
    struct cmek_strbuf text = {0};
    enum cmek_status status = cmek_args_catalogue(&catalogue, &err);
    if (status == CMEK_OK && arg_asset_types && words->count > 0)
        status = cmek_fail(&err, CMEK_E_USAGE,
                           "--asset-types takes --services, not the services as words");
    if (status == CMEK_OK && arg_asset_types)
        list_asset_types(catalogue, &text);
    else if (status == CMEK_OK && words->count > 0)
        status = show_words(catalogue, words, &text, &err);
    else if (status == CMEK_OK)
        list(catalogue, cmek_args_choose_services(), &text);
    int exit_status = status == CMEK_OK ? cmek_print_all(cmek_strbuf_text(&text), text.length)
                                        : cmek_end_failed(&err);
    cmek_strbuf_done(&text);
    cmek_catalogue_free(catalogue);
    return exit_status;
}

static const struct cmek_option options[] = {
    {"asset-types", 0, CMEK_OPTION_FLAG, &arg_asset_types, NULL,
     "print the asset types that an export for a scan of --services needs, comma-separated for "
     "`gcloud asset export --asset-types`"},
    {0},
};
static const struct cmek_option_group groups[] = {
    {"Options", options},
    {"", cmek_service_options},
    {0},
};

const struct cmek_command cmek_command_services = {
    .name = "services",
    .summary = "list the service catalogue, or show some services whole",
    .usage =
        "[SERVICE]… [--services LIST] [--catalogue FILE|DIR]… | --asset-types [--services LIST]",
    .description = "Lists every service that the constraints speak of with the asset types that "
                   "hold its data, and what is concluded from one that shows no key (with "
                   "--services only those); given "
                   "services (storage, or storage.googleapis.com), shows where their resources "
                   "name keys, what is excepted, and which Terraform resources make them.",
    .examples = "cmekscan services\n"
                "cmekscan services compute secretmanager\n"
                "cmekscan services --asset-types --services all",
    .groups = groups,
    .takes_words = true,
    .run = run,
};
