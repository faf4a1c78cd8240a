/* SPDX-License-Identifier: BSD-3-Clause */
#include "harness.h"

#include <dirent.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>

#define MAX_TESTS 100

static struct test tests[MAX_TESTS];
static size_t test_count;
static jmp_buf end;
static char directory[64];

enum {
	PASSED,
	FAILED,
	SKIPPED,
};

void test_register(const char *name, void (*run)(void))
{
	tests[test_count++] = (struct test){ .name = name, .run = run };
}

void test_fail(const char *file, int line, const char *format, ...)
{
	va_list arguments;

	printf("  %s:%d: ", file, line);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	longjmp(end, FAILED);
}

void test_skip(const char *reason)
{
	printf("  skipped: %s\n", reason);
	longjmp(end, SKIPPED);
}

void test_check_text(const char *file, int line, const char *text, const char *words)
{
	if (!strstr(text, words))
		test_fail(file, line, "the error is \"%s\", without \"%s\"", text, words);
	if (strchr(text, '\n'))
		test_fail(file, line, "the error has more than a line: \"%s\"", text);
}

pfq_t *open_on(const char *device, size_t caplen, size_t slots)
{
	pfq_t *q = pfq_open(caplen, slots, 64, 64);

	if (!q)
		test_fail(__FILE__, __LINE__, "pfq_open: %s", pfq_error(NULL));
	OK(q, pfq_enable(q));
	OK(q, pfq_bind(q, device, Q_ANY_QUEUE));
	return q;
}

pfq_t *open_sender_on(const char *device)
{
	pfq_t *q = pfq_open_nogroup(64, 64, 2048, 1024);

	if (!q)
		test_fail(__FILE__, __LINE__, "pfq_open_nogroup: %s", pfq_error(NULL));
	OK(q, pfq_bind_tx(q, device, Q_ANY_QUEUE, Q_NO_KTHREAD));
	OK(q, pfq_enable(q));
	return q;
}

pfq_t *open_sender(const char *device)
{
	return open_sender_on(far_end(device));
}

size_t read_batch(pfq_t *q, struct pfq_net_queue *nq)
{
	while (OK(q, pfq_read(q, nq, -1)) == 0)
		;
	return nq->len;
}

void send_number(pfq_t *sender, uint32_t number, size_t len)
{
	char packet[2048] = { 0 };

	memcpy(packet, &number, sizeof(number));
	OK(sender, pfq_send(sender, packet, len, 1, 1));
}

uint32_t number_of(pfq_iterator_t it)
{
	uint32_t number;

	memcpy(&number, pfq_pkt_data(it), sizeof(number));
	return number;
}

const char *fresh_name(const char *prefix)
{
	static char names[8][64];
	static unsigned int count;
	char *name = names[count % 8];

	snprintf(name, sizeof(names[0]), "%s%u", prefix, count++);
	return name;
}

const char *far_end(const char *device)
{
	static char name[64];

	if (!on_kernel_host())
		return device;
	snprintf(name, sizeof(name), "%s-far", device);
	return name;
}

const char *fresh_device(const char *name)
{
	char memory[32];
	const char *device;

	snprintf(memory, sizeof(memory), "mem:%s", name);
	device = fresh_name(on_kernel_host() ? name : memory);
	if (on_kernel_host())
		CHECK(shell("ip link add %s type veth peer name %s && ip link set %s up && "
			    "ip link set %s up",
			    device, far_end(device), device, far_end(device)));
	return device;
}

static void remove_directory(void)
{
	shell("rm -rf '%s'", directory);
}

const char *temporary_file(const char *name)
{
	static char paths[8][128];
	static unsigned int count;
	char *path = paths[count++ % 8];

	if (!directory[0]) {
		snprintf(directory, sizeof(directory), "/tmp/pfq-test-XXXXXX");
		if (!mkdtemp(directory))
			test_fail(__FILE__, __LINE__, "no temporary directory: %s",
				  strerror(errno));
		atexit(remove_directory);
	}
	snprintf(path, sizeof(paths[0]), "%s/%s", directory, name);
	return path;
}

size_t octets_of_hex(const char *hex, unsigned char *octets)
{
	size_t count = 0;
	unsigned int octet;

	while (sscanf(hex + 2 * count, "%2x", &octet) == 1)
		octets[count++] = (unsigned char)octet;
	return count;
}

unsigned char *golden_image(const char *name, size_t *size)
{
	FILE *images = fopen(GOLDEN_IMAGES, "r");
	unsigned char *image = NULL;
	size_t length = strlen(name), room = 0;
	char *line = NULL;

	CHECK(images);
	for (ssize_t read; !image && (read = getline(&line, &room, images)) > 0;) {
		if (strncmp(line, name, length) != 0 || line[length] != ' ')
			continue;
		image = malloc((size_t)read);
		CHECK(image);
		*size = octets_of_hex(line + length + 1, image);
	}
	free(line);
	fclose(images);
	CHECK(image);
	return image;
}

static void replay(const char *path, int (*target)(const uint8_t *data, size_t size))
{
	static uint8_t octets[1 << 20];
	FILE *file = fopen(path, "rb");
	uint8_t *copy;
	size_t size;

	CHECK(file != NULL);
	size = fread(octets, 1, sizeof(octets), file);
	fclose(file);
	/* Of its very size, so that a sanitizer sees where it ends. */
	copy = malloc(size + !size);
	CHECK(copy != NULL);
	memcpy(copy, octets, size);
	target(copy, size);
	free(copy);
}

bool on_kernel_host(void)
{
	const char *host = getenv("PFQ_HOST");

	return host && strcmp(host, "kernel") == 0;
}

bool runs_for_long(void)
{
	const char *wanted = getenv("PFQ_TEST_LONG");

	return wanted && strcmp(wanted, "1") == 0;
}

unsigned int rounds_of(unsigned int wanted)
{
	return on_kernel_host() && !runs_for_long() ? wanted / 10 : wanted;
}

int replay_corpus(const char *folder, int (*target)(const uint8_t *data, size_t size))
{
	DIR *corpus = opendir(folder);
	struct dirent *entry;
	char path[400];
	int count = 0;

	CHECK(corpus != NULL);
	while ((entry = readdir(corpus))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		replay(path, target);
		count++;
	}
	closedir(corpus);
	return count;
}

bool shell(const char *format, ...)
{
	char command[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(command, sizeof(command), format, arguments);
	va_end(arguments);
	return system(command) == 0;
}

void test_enter_namespace(void)
{
	static bool entered;

	if (entered)
		return;
	if (geteuid() != 0)
		test_skip("interfaces can be made by root alone");
	if (unshare(CLONE_NEWNET) < 0)
		test_skip("no network namespace can be made here");
	entered = true;
	shell("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 "
	      "2>/dev/null || true");
}

static int run(const struct test *test)
{
	int outcome = setjmp(end);

	if (outcome != PASSED)
		return outcome;
	if (on_kernel_host())
		test_enter_namespace();
	test->run();
	return PASSED;
}

int main(int argc, char *argv[])
{
	static const char *const words[] = { "ok", "FAILED", "SKIPPED" };
	unsigned int totals[3] = { 0 };

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < test_count; i++) {
		int outcome;

		if (argc > 1 && !strstr(tests[i].name, argv[1]))
			continue;
		outcome = run(&tests[i]);
		totals[outcome]++;
		printf("%s %s\n", words[outcome], tests[i].name);
	}
	printf("%u passed %u failed %u skipped\n", totals[PASSED], totals[FAILED], totals[SKIPPED]);
	return totals[FAILED] > 0;
}
