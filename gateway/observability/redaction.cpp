// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/redaction.h"

#include "gateway/config/config.h"
#include "gateway/json/writer.h"

#include <QByteArrayMatcher>

#include <algorithm>
#include <array>
#include <mutex>
#include <shared_mutex>

namespace lunargate {

namespace {

constexpr qsizetype kShortestSecret = 6;
constexpr char kMask[] = "***";

/// What keys of well-known providers start with, and how many more characters of a key must follow for it to be one.
struct KeyPattern
{
    QByteArrayView prefix;
    qsizetype minimum = 0;
};

constexpr std::array kKeyPatterns = {
    KeyPattern{"sk-", 8},    // OpenAI, Anthropic, DeepSeek, OpenRouter and many who copied them
    KeyPattern{"AIza", 30},  // Google: 39 characters in all
    KeyPattern{"gsk_", 16},  // Groq
    KeyPattern{"xai-", 16},  // xAI
    KeyPattern{"pplx-", 16}, // Perplexity
    KeyPattern{"hf_", 30},   // Hugging Face: 37 characters in all
};

/// The registered texts in every form in which they may turn up.
struct Secrets
{
    std::shared_mutex mutex;                 // protects matchers
    std::vector<QByteArrayMatcher> matchers; // longest first: one may be the start of another
};

Secrets &secrets()
{
    // Never destroyed: destructors of other statics may still log.
    static auto *const instance = new Secrets;
    return *instance;
}

bool isAsciiAlphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool isKeyCharacter(char c)
{
    return isAsciiAlphanumeric(c) || c == '-' || c == '_';
}

// RFC 6750, section 2.1: b64token.
bool isTokenCharacter(char c)
{
    return isKeyCharacter(c) || c == '.' || c == '~' || c == '+' || c == '/' || c == '=';
}

template <typename Predicate>
qsizetype endOf(QByteArrayView text, qsizetype from, Predicate isPart)
{
    while (from < text.size() && isPart(text[from]))
        ++from;
    return from;
}

/// If a credential starts at `at`: where its secret part begins and ends.
struct Range
{
    qsizetype begin = 0, end = 0;
};

std::optional<Range> credentialAt(QByteArrayView text, qsizetype at)
{
    static constexpr QByteArrayView kBearer = "bearer";
    const QByteArrayView rest = text.sliced(at);
    if (rest.size() > kBearer.size() && rest.first(kBearer.size()).compare(kBearer, Qt::CaseInsensitive) == 0) {
        const qsizetype begin = endOf(text, at + kBearer.size(), [](char c) { return c == ' ' || c == '\t'; });
        const qsizetype end = endOf(text, begin, isTokenCharacter);
        if (begin > at + kBearer.size() && end > begin)
            return Range{begin, end};
        return std::nullopt;
    }
    for (const auto &[prefix, minimum] : kKeyPatterns) {
        if (!rest.startsWith(prefix))
            continue;
        const qsizetype begin = at + prefix.size();
        const qsizetype end = endOf(text, begin, isKeyCharacter);
        if (end - begin >= minimum)
            return Range{begin, end};
    }
    return std::nullopt;
}

bool mayStartCredential(char c)
{
    switch (c) {
    case 'b':
    case 'B':
    case 's':
    case 'A':
    case 'g':
    case 'x':
    case 'p':
    case 'h':
        return true;
    default:
        return false;
    }
}

void redactPatterns(QByteArray &text)
{
    for (qsizetype at = 0; at < text.size(); ++at) {
        // Only at the start of a word: `task-runner` is none.
        if (!mayStartCredential(text.at(at)) || (at > 0 && isAsciiAlphanumeric(text.at(at - 1))))
            continue;
        if (const auto range = credentialAt(text, at)) {
            text.replace(range->begin, range->end - range->begin, kMask);
            at = range->begin + qsizetype(sizeof kMask) - 2;
        }
    }
}

void redactRegistered(QByteArray &text)
{
    Secrets &all = secrets();
    const std::shared_lock lock(all.mutex);
    for (const QByteArrayMatcher &matcher : all.matchers) {
        qsizetype at = 0;
        while ((at = matcher.indexIn(QByteArrayView(text), at)) >= 0) {
            text.replace(at, matcher.pattern().size(), kMask);
            at += qsizetype(sizeof kMask) - 1;
        }
    }
}

/// Registers the values whose names tell that they are keys; others may be everyday words.
void registerCredentials(const std::map<QByteArray, QByteArray> &values)
{
    static constexpr std::array<QByteArrayView, 5> kSigns = {"key", "token", "auth", "secret", "cookie"};
    for (const auto &[name, value] : values) {
        const QByteArray lowerCase = name.toLower();
        if (std::ranges::any_of(kSigns, [&](QByteArrayView sign) { return lowerCase.contains(sign); }))
            registerSecret(SecretString(value));
    }
}

} // namespace

void registerSecret(const SecretString &secret)
{
    const QByteArray &text = secret.reveal();
    if (text.size() < kShortestSecret)
        return;
    const QByteArray quoted = json::quoted(text);

    Secrets &all = secrets();
    const std::unique_lock lock(all.mutex);
    for (const QByteArray &form : {text, text.toPercentEncoding(), quoted.sliced(1, quoted.size() - 2)}) {
        if (std::ranges::find(all.matchers, form, &QByteArrayMatcher::pattern) != all.matchers.end())
            continue;
        const auto shorter = std::ranges::find_if(
            all.matchers, [&](const QByteArrayMatcher &other) { return other.pattern().size() < form.size(); });
        all.matchers.emplace(shorter, form);
    }
}

void registerSecrets(const Config &config)
{
    for (const ProviderConfig &provider : config.providers) {
        registerSecret(provider.apiKey);
        registerCredentials(provider.headers);
        registerCredentials(provider.query);
    }
    for (const SecurityConfig::Key &key : config.security.keys)
        registerSecret(key.value);
    registerSecret(config.dataSharing.apiKey);
    for (const SecretString &secret : config.keychainSecrets)
        registerSecret(secret);
}

QByteArray redacted(QByteArrayView text)
{
    QByteArray result = text.toByteArray();
    redactRegistered(result);
    redactPatterns(result);
    return result;
}

} // namespace lunargate
