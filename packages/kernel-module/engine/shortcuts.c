/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "shortcuts.h"

#include "headers.h"
#include "shapes.h"
#include "symbols.h"

enum {
	MAX_QUESTIONS = 64, /* one bit each; what a program asks beyond them is not kept in mind */
	NO_QUESTION = 0xff,
	MAX_MORE = 15,	   /* alternatives after the first */
	MAX_SHAPED = 1024, /* instructions of a program that is worked out for each shape */
	MAX_SKIPPED = 256, /* in one step: many steps may lead into one long chain */
};

/* Questions about one field, for values that exclude each other. */
enum field {
	FIELD_NONE,
	FIELD_ETHERTYPE,
	FIELD_PROTOCOL,
	FIELD_SOURCE_PORT,
	FIELD_DESTINATION_PORT,
	FIELD_VLAN_ID,
};

struct question {
	struct pfq_insn insn; /* the first that asks it */
	enum field field;
	uint64_t value;
	uint64_t excluded; /* questions whose answer is no if this one's is yes */
};

struct facts {
	uint64_t yes, no; /* by question */
};

struct shortcuts {
	struct pfq_program *program;
	struct pfq_insn *insns; /* the program, and copies of it for the shapes but the first */
	uint32_t count;
	uint32_t copy_size; /* the copies lie one after the other; 0 if there are none */
	uint32_t entries[PFQ_SHAPES];
	struct question questions[MAX_QUESTIONS];
	uint32_t question_count;
	uint8_t *question_of; /* by instruction */
	struct facts *facts;  /* by instruction: what every run that comes to it knows */
	bool *reached;
	uint32_t *order;   /* of the instructions, each after all that lead to it */
	uint32_t *stack;   /* room for each instruction twice */
	uint32_t *placed;  /* where an instruction is in the new program */
	uint32_t *same;	   /* the instruction that does the same and was found first */
	uint32_t *buckets; /* of them, by hash; 0 is empty */
	uint32_t bucket_count;
};

/* Whether an instruction asks something that is the same whenever a run asks it. */
static bool asks(const struct pfq_insn *insn)
{
	switch ((enum pfq_opcode)insn->opcode) {
	case PFQ_INSN_HAS_ADDR:
	case PFQ_INSN_HAS_DST_ADDR:
	case PFQ_INSN_HAS_DST_PORT:
	case PFQ_INSN_HAS_PORT:
	case PFQ_INSN_HAS_SRC_ADDR:
	case PFQ_INSN_HAS_SRC_PORT:
	case PFQ_INSN_HAS_VID:
	case PFQ_INSN_HAS_VLAN:
	case PFQ_INSN_IS_BROADCAST:
	case PFQ_INSN_IS_FIRST_FRAG:
	case PFQ_INSN_IS_FLOW:
	case PFQ_INSN_IS_FRAG:
	case PFQ_INSN_IS_GTP:
	case PFQ_INSN_IS_GTP_CP:
	case PFQ_INSN_IS_GTP_UP:
	case PFQ_INSN_IS_ICMP:
	case PFQ_INSN_IS_ICMP6:
	case PFQ_INSN_IS_IP:
	case PFQ_INSN_IS_IP6:
	case PFQ_INSN_IS_IP_BROADCAST:
	case PFQ_INSN_IS_IP_MULTICAST:
	case PFQ_INSN_IS_L3_PROTO:
	case PFQ_INSN_IS_L4_PROTO:
	case PFQ_INSN_IS_MORE_FRAG:
	case PFQ_INSN_IS_MULTICAST:
	case PFQ_INSN_IS_RTCP:
	case PFQ_INSN_IS_RTP:
	case PFQ_INSN_IS_SCTP:
	case PFQ_INSN_IS_SIP:
	case PFQ_INSN_IS_TCP:
	case PFQ_INSN_IS_UDP:
	case PFQ_INSN_IS_VOIP:
		return true;
	default:
		return false;
	}
}

static void set_field(struct question *question, enum field field, uint64_t value)
{
	question->field = field;
	question->value = value;
}

/* What the answer yes says about a field. */
static void find_field(struct question *question)
{
	const struct pfq_insn *insn = &question->insn;

	switch ((enum pfq_opcode)insn->opcode) {
	case PFQ_INSN_IS_IP:
		return set_field(question, FIELD_ETHERTYPE, PFQ_ETHERTYPE_IP);
	case PFQ_INSN_IS_IP6:
		return set_field(question, FIELD_ETHERTYPE, PFQ_ETHERTYPE_IP6);
	case PFQ_INSN_IS_L3_PROTO:
		return set_field(question, FIELD_ETHERTYPE, insn->value);
	case PFQ_INSN_IS_ICMP:
		return set_field(question, FIELD_PROTOCOL, PFQ_PROTOCOL_ICMP);
	case PFQ_INSN_IS_ICMP6:
		return set_field(question, FIELD_PROTOCOL, PFQ_PROTOCOL_ICMP6);
	case PFQ_INSN_IS_SCTP:
		return set_field(question, FIELD_PROTOCOL, PFQ_PROTOCOL_SCTP);
	case PFQ_INSN_IS_TCP:
		return set_field(question, FIELD_PROTOCOL, PFQ_PROTOCOL_TCP);
	case PFQ_INSN_IS_UDP:
		return set_field(question, FIELD_PROTOCOL, PFQ_PROTOCOL_UDP);
	case PFQ_INSN_IS_L4_PROTO:
		return set_field(question, FIELD_PROTOCOL, (uint8_t)insn->value);
	case PFQ_INSN_HAS_SRC_PORT:
		return set_field(question, FIELD_SOURCE_PORT, insn->value);
	case PFQ_INSN_HAS_DST_PORT:
		return set_field(question, FIELD_DESTINATION_PORT, insn->value);
	case PFQ_INSN_HAS_VID:
		return set_field(question, FIELD_VLAN_ID, insn->value);
	default:
		return set_field(question, FIELD_NONE, 0);
	}
}

static bool same_question(const struct pfq_insn *a, const struct pfq_insn *b)
{
	if (a->opcode != b->opcode || a->family != b->family || a->header != b->header ||
	    a->value != b->value)
		return false;
	if (!a->constant || !b->constant)
		return a->constant == b->constant;
	return memcmp(a->constant, b->constant, sizeof(struct pfq_prefix6)) == 0;
}

static void note_exclusions(struct shortcuts *shortcuts, uint32_t index)
{
	struct question *question = &shortcuts->questions[index];

	for (uint32_t i = 0; i < index; i++) {
		struct question *other = &shortcuts->questions[i];

		if (question->field == FIELD_NONE || question->field != other->field ||
		    question->insn.header != other->insn.header || question->value == other->value)
			continue;
		question->excluded |= 1ULL << i;
		other->excluded |= 1ULL << index;
	}
}

static uint8_t find_question(struct shortcuts *shortcuts, const struct pfq_insn *insn)
{
	uint32_t index = 0;

	if (!asks(insn))
		return NO_QUESTION;
	while (index < shortcuts->question_count &&
	       !same_question(&shortcuts->questions[index].insn, insn))
		index++;
	if (index == MAX_QUESTIONS)
		return NO_QUESTION;
	if (index == shortcuts->question_count) {
		shortcuts->question_count++;
		shortcuts->questions[index].insn = *insn;
		find_field(&shortcuts->questions[index]);
		note_exclusions(shortcuts, index);
	}
	return (uint8_t)index;
}

/* Reverse postorder: a program has no cycles. Gives how many instructions can be reached. */
static uint32_t sort(struct shortcuts *shortcuts)
{
	const uint32_t leave = 1u << 31;
	uint32_t count = shortcuts->count, at = count, depth = 0;
	uint32_t *stack = shortcuts->stack;

	for (int shape = 0; shape < PFQ_SHAPES; shape++)
		stack[depth++] = shortcuts->entries[shape];
	while (depth > 0) {
		uint32_t index = stack[--depth];

		if (index & leave) {
			shortcuts->order[--at] = index & ~leave;
			continue;
		}
		if (index <= PFQ_DROP_AT || shortcuts->reached[index])
			continue;
		shortcuts->reached[index] = true;
		stack[depth++] = index | leave;
		stack[depth++] = shortcuts->insns[index].next[0];
		stack[depth++] = shortcuts->insns[index].next[1];
	}
	memmove(shortcuts->order, shortcuts->order + at, (count - at) * sizeof(*shortcuts->order));
	return count - at;
}

static struct facts learn(const struct shortcuts *shortcuts, struct facts facts, uint8_t question,
			  bool answer)
{
	if (question == NO_QUESTION)
		return facts;
	if (!answer) {
		facts.no |= 1ULL << question;
		return facts;
	}
	facts.yes |= 1ULL << question;
	facts.no |= shortcuts->questions[question].excluded;
	return facts;
}

static enum pfq_shape shape_of(const struct shortcuts *shortcuts, uint32_t index)
{
	if (!shortcuts->copy_size)
		return PFQ_SHAPE_ANY;
	return (enum pfq_shape)((index - PFQ_ENDS) / shortcuts->copy_size);
}

static enum pfq_answer known_answer(const struct shortcuts *shortcuts, struct facts facts,
				    uint32_t index)
{
	uint8_t question = shortcuts->question_of[index];

	if (question != NO_QUESTION && facts.yes >> question & 1)
		return PFQ_ANSWER_YES;
	if (question != NO_QUESTION && facts.no >> question & 1)
		return PFQ_ANSWER_NO;
	return pfq_shape_answer(shape_of(shortcuts, index), &shortcuts->insns[index]);
}

/* Where a run that knows this gets to if it goes there: past questions whose answers it knows. */
static uint32_t skip(const struct shortcuts *shortcuts, struct facts facts, uint32_t index)
{
	for (uint32_t skipped = 0; skipped < MAX_SKIPPED && index > PFQ_DROP_AT; skipped++) {
		enum pfq_answer answer = known_answer(shortcuts, facts, index);

		if (answer == PFQ_ANSWER_UNKNOWN)
			break;
		index = shortcuts->insns[index].next[answer == PFQ_ANSWER_YES];
	}
	return index;
}

static void arrive(struct shortcuts *shortcuts, uint32_t index, struct facts facts)
{
	struct facts *common = &shortcuts->facts[index];

	if (!shortcuts->reached[index]) {
		shortcuts->reached[index] = true;
		*common = facts;
		return;
	}
	common->yes &= facts.yes;
	common->no &= facts.no;
}

static void skip_known(struct shortcuts *shortcuts, uint32_t count)
{
	const struct facts none = { 0 };

	memset(shortcuts->reached, 0, shortcuts->count);
	for (int shape = 0; shape < PFQ_SHAPES; shape++) {
		shortcuts->entries[shape] = skip(shortcuts, none, shortcuts->entries[shape]);
		arrive(shortcuts, shortcuts->entries[shape], none);
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t index = shortcuts->order[i];
		uint8_t question = shortcuts->question_of[index];
		struct pfq_insn *insn = &shortcuts->insns[index];

		if (!shortcuts->reached[index])
			continue;
		for (int answer = 0; answer < 2; answer++) {
			struct facts facts =
				learn(shortcuts, shortcuts->facts[index], question, answer);

			insn->next[answer] = skip(shortcuts, facts, insn->next[answer]);
			arrive(shortcuts, insn->next[answer], facts);
		}
	}
}

static uint32_t insn_hash(const struct pfq_insn *insn)
{
	uint32_t hash = insn->opcode | (uint32_t)insn->index << 16;

	hash = (hash ^ insn->next[1]) * 0x85ebca6bu;
	hash = (hash ^ hash >> 15 ^ insn->next[0]) * 0xc2b2ae35u;
	hash = (hash ^ hash >> 13 ^ (uint32_t)insn->value) * 0x27d4eb2fu;
	return hash ^ hash >> 16;
}

static uint32_t find_same(struct shortcuts *shortcuts, uint32_t index)
{
	const struct pfq_insn *insn = &shortcuts->insns[index];
	uint32_t at = insn_hash(insn), found;

	while ((found = shortcuts->buckets[at & (shortcuts->bucket_count - 1)])) {
		if (memcmp(insn, &shortcuts->insns[found], sizeof(*insn)) == 0)
			return found;
		at++;
	}
	shortcuts->buckets[at & (shortcuts->bucket_count - 1)] = index;
	return index;
}

/* Instructions that do the same and go on the same way become one, from the ends on. */
static void unite(struct shortcuts *shortcuts, uint32_t count)
{
	shortcuts->same[PFQ_DROP_AT] = PFQ_DROP_AT;
	while (count > 0) {
		uint32_t index = shortcuts->order[--count];
		struct pfq_insn *insn = &shortcuts->insns[index];

		if (!shortcuts->reached[index])
			continue;
		insn->next[0] = shortcuts->same[insn->next[0]];
		insn->next[1] = shortcuts->same[insn->next[1]];
		shortcuts->same[index] = find_same(shortcuts, index);
	}
	for (int shape = 0; shape < PFQ_SHAPES; shape++)
		shortcuts->entries[shape] = shortcuts->same[shortcuts->entries[shape]];
}

/* Whether the second instruction asks, after a no, the same of another value, and a yes is the
 * same. */
static bool is_alternative(const struct pfq_insn *insn, const struct pfq_insn *other)
{
	if (insn->opcode != other->opcode || insn->header != other->header ||
	    insn->next[1] != other->next[1])
		return false;
	switch ((enum pfq_opcode)insn->opcode) {
	case PFQ_INSN_HAS_DST_PORT:
	case PFQ_INSN_HAS_PORT:
	case PFQ_INSN_HAS_SRC_PORT:
		return true;
	case PFQ_INSN_HAS_ADDR:
	case PFQ_INSN_HAS_DST_ADDR:
	case PFQ_INSN_HAS_SRC_ADDR:
		return insn->family == 4 && other->family == 4;
	default:
		return false;
	}
}

/* Places an instruction, and right after it those that ask for alternatives. Gives the last one. */
static uint32_t place_chain(struct shortcuts *shortcuts, struct pfq_insn *to, uint32_t index)
{
	struct pfq_program *program = shortcuts->program;
	uint32_t first = program->insn_count;

	for (;;) {
		const struct pfq_insn *insn = &shortcuts->insns[index];
		uint32_t no = insn->next[0];

		shortcuts->placed[index] = program->insn_count;
		to[program->insn_count++] = *insn;
		if (program->insn_count - first > MAX_MORE || no <= PFQ_DROP_AT ||
		    shortcuts->placed[no] || !is_alternative(insn, &shortcuts->insns[no]))
			break;
		index = no;
	}
	for (uint32_t i = first; i < program->insn_count; i++) {
		to[i].more = (uint8_t)(program->insn_count - 1 - i);
		to[i].next[0] = shortcuts->insns[index].next[0];
	}
	return index;
}

/* Writes what can be reached from there, in the order of a run, the yes first. */
static void place_from(struct shortcuts *shortcuts, struct pfq_insn *to, uint32_t entry)
{
	uint32_t *stack = shortcuts->stack, depth = 0;

	stack[depth++] = entry;
	while (depth > 0) {
		uint32_t index = stack[--depth], last;

		if (index <= PFQ_DROP_AT || shortcuts->placed[index])
			continue;
		last = place_chain(shortcuts, to, index);
		stack[depth++] = shortcuts->insns[last].next[0];
		stack[depth++] = shortcuts->insns[last].next[1];
	}
}

/* The program for any packet first, then what the shapes have of their own. */
static void place(struct shortcuts *shortcuts, struct pfq_insn *to)
{
	struct pfq_program *program = shortcuts->program;
	uint32_t total, general = 0;

	shortcuts->placed[PFQ_DROP_AT] = PFQ_DROP_AT;
	memcpy(to, shortcuts->insns, PFQ_ENDS * sizeof(*to));
	program->insn_count = PFQ_ENDS;
	for (int shape = 0; shape < PFQ_SHAPES; shape++) {
		place_from(shortcuts, to, shortcuts->entries[shape]);
		program->entries[shape] = shortcuts->placed[shortcuts->entries[shape]];
		if (shape == PFQ_SHAPE_ANY)
			general = program->insn_count;
	}
	total = program->insn_count;
	program->insn_count = general;
	program->entry = program->entries[PFQ_SHAPE_ANY];
	for (uint32_t i = PFQ_ENDS; i < total; i++) {
		to[i].next[0] = shortcuts->placed[to[i].next[0]];
		to[i].next[1] = shortcuts->placed[to[i].next[1]];
		to[i].last = to[i].next[0] <= PFQ_DROP_AT && to[i].next[1] <= PFQ_DROP_AT;
	}
}

static void free_shortcuts(struct shortcuts *shortcuts)
{
	if (!shortcuts)
		return;
	pfq_free(shortcuts->insns);
	pfq_free(shortcuts->question_of);
	pfq_free(shortcuts->facts);
	pfq_free(shortcuts->reached);
	pfq_free(shortcuts->order);
	pfq_free(shortcuts->stack);
	pfq_free(shortcuts->placed);
	pfq_free(shortcuts->same);
	pfq_free(shortcuts->buckets);
	pfq_free(shortcuts);
}

static struct shortcuts *alloc_shortcuts(struct pfq_program *program)
{
	struct shortcuts *shortcuts = pfq_alloc(sizeof(*shortcuts));
	uint32_t own = program->insn_count - PFQ_ENDS;
	size_t count = program->insn_count;

	if (!shortcuts)
		return NULL;
	shortcuts->program = program;
	if (own <= MAX_SHAPED) {
		shortcuts->copy_size = own;
		count = PFQ_ENDS + (size_t)own * PFQ_SHAPES;
	}
	shortcuts->count = (uint32_t)count;
	for (shortcuts->bucket_count = 4; shortcuts->bucket_count < 2 * count;)
		shortcuts->bucket_count *= 2;
	shortcuts->insns = pfq_alloc(count * sizeof(*shortcuts->insns));
	shortcuts->question_of = pfq_alloc(count * sizeof(*shortcuts->question_of));
	shortcuts->facts = pfq_alloc(count * sizeof(*shortcuts->facts));
	shortcuts->reached = pfq_alloc(count * sizeof(*shortcuts->reached));
	shortcuts->order = pfq_alloc(count * sizeof(*shortcuts->order));
	shortcuts->stack = pfq_alloc((2 * count + PFQ_SHAPES) * sizeof(*shortcuts->stack));
	shortcuts->placed = pfq_alloc(count * sizeof(*shortcuts->placed));
	shortcuts->same = pfq_alloc(count * sizeof(*shortcuts->same));
	shortcuts->buckets = pfq_alloc(shortcuts->bucket_count * sizeof(*shortcuts->buckets));
	if (shortcuts->insns && shortcuts->question_of && shortcuts->facts && shortcuts->reached &&
	    shortcuts->order && shortcuts->stack && shortcuts->placed && shortcuts->same &&
	    shortcuts->buckets)
		return shortcuts;
	free_shortcuts(shortcuts);
	return NULL;
}

/* A copy for each shape, with its jumps within itself. The ends are common to all. */
static void copy_program(struct shortcuts *shortcuts)
{
	const struct pfq_program *program = shortcuts->program;
	uint32_t own = program->insn_count - PFQ_ENDS;

	memcpy(shortcuts->insns, program->insns, program->insn_count * sizeof(*program->insns));
	for (uint32_t shape = 0; shape < PFQ_SHAPES; shape++) {
		uint32_t offset = shape * shortcuts->copy_size;

		shortcuts->entries[shape] =
			program->entry + (program->entry > PFQ_DROP_AT ? offset : 0);
		for (uint32_t i = 0; offset && i < own; i++) {
			struct pfq_insn *insn = &shortcuts->insns[PFQ_ENDS + offset + i];

			*insn = program->insns[PFQ_ENDS + i];
			insn->next[0] += insn->next[0] > PFQ_DROP_AT ? offset : 0;
			insn->next[1] += insn->next[1] > PFQ_DROP_AT ? offset : 0;
		}
	}
}

int pfq_take_shortcuts(struct pfq_program *program)
{
	struct shortcuts *shortcuts = alloc_shortcuts(program);
	struct pfq_insn *insns = NULL;
	uint32_t count;

	if (shortcuts)
		insns = pfq_alloc(shortcuts->count * sizeof(*insns));
	if (!insns) {
		free_shortcuts(shortcuts);
		return -ENOMEM;
	}
	copy_program(shortcuts);
	for (uint32_t i = 0; i < shortcuts->count; i++)
		shortcuts->question_of[i] = find_question(shortcuts, &shortcuts->insns[i]);
	count = sort(shortcuts);
	skip_known(shortcuts, count);
	unite(shortcuts, count);
	place(shortcuts, insns);
	pfq_free(program->insns);
	program->insns = insns;
	free_shortcuts(shortcuts);
	return 0;
}
