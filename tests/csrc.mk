# The core (csrc/ but for csrc/py) as an archive, for the programs that test, fuzz and measure it. Included by the
# Makefiles beside those; all run in the root of the repository.
# BUILD: where everything goes. SANITIZE=1: with AddressSanitizer and UndefinedBehaviorSanitizer.

BUILD ?= build/$(or $(KIND),core)
CFLAGS ?= -O1 -g
WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Werror
SANITIZERS = $(if $(SANITIZE),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all)
comma := ,

ALL_CFLAGS = -std=c11 $(WARNINGS) $(CFLAGS) $(SANITIZERS) -Icsrc $(shell pkg-config --cflags gnutls)
LIBRARIES = $(shell pkg-config --libs gnutls) -lpthread -ldl

CORE_SOURCES := $(sort $(filter-out csrc/py/%,$(wildcard csrc/*/*.c)))
CORE := $(BUILD)/libcore.a

$(BUILD)/%.o: %.c
	@mkdir -p $(dir $@)
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(CORE): $(CORE_SOURCES:%.c=$(BUILD)/%.o)
	@rm -f $@
	@$(AR) rcs $@ $^

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
