/* replay - runs a fuzz target over files, or the files of directories, each in
 * memory of just its size, so that a sanitizer sees one byte too many; says
 * how many there were.
 */
#include "fuzz.h"
#include <dirent.h>
#include <stdio.h>

static unsigned replay_file(const char *path)
{
	static uint8_t all[1 << 20];
	FILE *file = fopen(path, "rb");
	size_t n = file ? fread(all, 1, sizeof all, file) : 0;
	uint8_t *mem = malloc(n ? n : 1);

	assert(file && mem);
	fclose(file);
	memcpy(mem, all, n);
	LLVMFuzzerTestOneInput(mem, n);
	free(mem);
	return 1;
}

static unsigned replay(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char name[512];
	unsigned n = 0;

	if (!dir)
		return replay_file(path);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
		n += replay_file(name);
	}
	closedir(dir);
	return n;
}

int main(int argc, char **argv)
{
	unsigned n = 0;

	for (int i = 1; i < argc; i++)
		n += replay(argv[i]);
	printf("%u\n", n);
	return n > 0 ? 0 : 1;
}
