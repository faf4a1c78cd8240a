// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "pfq: " fmt

#include "primitives.h"

static DEFINE_MUTEX(lock);
static LIST_HEAD(registered);

void pfq_foreign_lock(void)
{
	mutex_lock(&lock);
}

void pfq_foreign_unlock(void)
{
	mutex_unlock(&lock);
}

static const struct pfq_symbol *find(const struct pfq_primitives *primitives, const char *name)
{
	for (unsigned int i = 0; i < primitives->count; i++)
		if (strcmp(primitives->rows[i].name, name) == 0)
			return &primitives->rows[i];
	return NULL;
}

const struct pfq_symbol *pfq_foreign_symbol(const char *name)
{
	const struct pfq_primitives *each;

	lockdep_assert_held(&lock);
	list_for_each_entry(each, &registered, list) {
		const struct pfq_symbol *symbol = find(each, name);

		if (symbol)
			return symbol;
	}
	return NULL;
}

static bool has(const struct pfq_primitives *primitives, const struct pfq_symbol *symbol)
{
	return symbol >= primitives->rows && symbol < primitives->rows + primitives->count;
}

void *pfq_foreign_get(const struct pfq_symbol *symbol)
{
	const struct pfq_primitives *each;

	lockdep_assert_held(&lock);
	list_for_each_entry(each, &registered, list)
		if (has(each, symbol))
			return try_module_get(each->owner) ? each->owner : NULL;
	return NULL;
}

void pfq_foreign_put(void *keeper)
{
	module_put(keeper);
}

/* As an image may name it: 1 to 63 of a-z, 0-9 and _. */
static bool is_name(const char *name)
{
	size_t length = name ? strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;

	return length > 0 && length < 64 && !name[length];
}

static bool is_integer(unsigned int type)
{
	return (type >= PFQ_ARG_Int && type <= PFQ_ARG_Word64) || type == PFQ_ARG_IPv4 ||
	       type == PFQ_ARG_MAC;
}

static bool is_parameter(const struct pfq_parameter *parameter)
{
	if (!parameter->name || parameter->kind != PFQ_KIND_NONE)
		return false;
	if (is_integer(parameter->type))
		return !parameter->ranged || parameter->min <= parameter->max;
	return !parameter->list && !parameter->ranged &&
	       (parameter->type == PFQ_ARG_String || parameter->type == PFQ_ARG_CIDR);
}

static const char *fault_of(const struct pfq_symbol *symbol)
{
	if (!is_name(symbol->name))
		return "its name must be 1 to 63 of a-z, 0-9 and _";
	if (!(symbol->form == PFQ_FORM_PREDICATE && symbol->kind == PFQ_KIND_PREDICATE) &&
	    !(symbol->form == PFQ_FORM_ACTION && symbol->kind == PFQ_KIND_FUNCTION))
		return "must be a predicate, or an action and a function";
	if (!symbol->run)
		return "has nothing to run";
	if (symbol->of || symbol->preset_count || symbol->negated || symbol->steers)
		return "says what is for PFQ's own primitives";
	if (symbol->parameter_count > PFQ_MAX_ARGUMENTS)
		return "has more than 8 parameters";
	for (unsigned int i = 0; i < symbol->parameter_count; i++)
		if (!is_parameter(&symbol->parameter[i]))
			return "has a parameter that makes no sense";
	return NULL;
}

static int check(const struct pfq_primitives *primitives)
{
	for (unsigned int i = 0; i < primitives->count; i++) {
		const struct pfq_symbol *symbol = &primitives->rows[i];
		const char *fault = fault_of(symbol);

		if (fault) {
			pr_err("%s: primitive %.64s: %s\n", module_name(primitives->owner),
			       is_name(symbol->name) ? symbol->name : "?", fault);
			return -EINVAL;
		}
		if (pfq_find_symbol(symbol->name) || find(primitives, symbol->name) != symbol) {
			pr_err("%s: primitive %s: there is one of this name\n",
			       module_name(primitives->owner), symbol->name);
			return -EEXIST;
		}
	}
	return 0;
}

int pfq_register_primitives(struct pfq_primitives *primitives)
{
	int status;

	if (WARN_ON(!primitives->owner))
		return -EINVAL;
	mutex_lock(&lock);
	status = check(primitives);
	if (!status)
		list_add_tail(&primitives->list, &registered);
	mutex_unlock(&lock);
	return status;
}
EXPORT_SYMBOL_GPL(pfq_register_primitives);

void pfq_unregister_primitives(struct pfq_primitives *primitives)
{
	mutex_lock(&lock);
	list_del(&primitives->list);
	mutex_unlock(&lock);
}
EXPORT_SYMBOL_GPL(pfq_unregister_primitives);
