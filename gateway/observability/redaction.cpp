// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/redaction.h"

#include "gateway/config/config.h"
#include "gateway/config/secret_names.h"
#include "gateway/json/writer.h"

#include <QByteArrayMatcher>

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <mutex>
#include <shared_mutex>

namespace lunargate {

namespace {

constexpr qsizetype kShortestSecret = 6;

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
    struct Entry
    {
        QByteArrayMatcher matcher;
        quint64 configuration = 0; ///< the last one that has it
    };

    std::shared_mutex mutex;        // protects the members below
    std::vector<Entry> entries;     // longest first: one may be the start of another
    quint64 configuration = 0;      // counts from 1
    std::atomic<quint64> count = 0; // of those that were ever added; goes up while the mutex is held
};

/// What no configuration has; it is never forgotten.
constexpr quint64 kForEver = std::numeric_limits<quint64>::max();
/// An old key may still work, and requests that began with it may run: it is forgotten only so many configurations
/// later.
constexpr quint64 kRemembered = 100;

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

bool isHexDigit(char c)
{
    return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9');
}

// Whether the character before `at` is a letter, but only as the end of an escape in JSON (`\n`, `\u000a`). There are
// several backslashes before it where JSON is a text in JSON.
bool isBehindEscape(QByteArrayView text, qsizetype at)
{
    static constexpr QByteArrayView kShort = "nrtbf";
    static constexpr qsizetype kDigits = 4;
    if (at >= 2 && text[at - 2] == '\\' && kShort.contains(text[at - 1]))
        return true;
    return at >= kDigits + 2 && text.sliced(at - kDigits - 2).startsWith("\\u") &&
           std::ranges::all_of(text.sliced(at - kDigits, kDigits), isHexDigit);
}

bool isWordStart(QByteArrayView text, qsizetype at)
{
    return at == 0 || !isAsciiAlphanumeric(text[at - 1]) || isBehindEscape(text, at);
}

/// If a credential starts at `at`: where its secret part begins and ends.
struct Range
{
    qsizetype begin = 0, end = 0;
};

/// The characters of JSON Web Tokens from somewhere on, kept from one look to the next: many places in a run of them
/// can look like the start of one, and each would go to its end.
class TokenRun
{
public:
    explicit TokenRun(QByteArrayView text) : m_text(text) {}

    /// Where the token that starts at `at` ends: three parts, of which the first is an object (RFC 7519).
    std::optional<qsizetype> tokenEnd(qsizetype at)
    {
        if (at >= m_end)
            readFrom(at);
        return m_dotBeforeLast > at ? std::optional(m_end) : std::nullopt;
    }

private:
    void readFrom(qsizetype at)
    {
        m_end = endOf(m_text, at, [](char c) { return isKeyCharacter(c) || c == '.'; });
        const QByteArrayView run = m_text.first(m_end);
        const qsizetype last = run.lastIndexOf('.');
        m_dotBeforeLast = last > at ? run.first(last).lastIndexOf('.') : -1;
    }

    QByteArrayView m_text;
    qsizetype m_end = 0;
    qsizetype m_dotBeforeLast = -1;
};

std::optional<Range> credentialAt(QByteArrayView text, qsizetype at, TokenRun &tokens)
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
    if (rest.startsWith("eyJ")) {
        if (const auto end = tokens.tokenEnd(at))
            return Range{at, *end};
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

/// A bit for each letter, small or capital; other characters share them.
constexpr quint32 letterBit(char c)
{
    constexpr unsigned kLetters = 0x1f;
    return 1U << (static_cast<uchar>(c) & kLetters);
}

/// For each byte that a credential can start with, the letters that can be behind it.
constexpr std::array<quint32, 256> secondLetters()
{
    std::array<quint32, 256> letters = {};
    const auto add = [&letters](QByteArrayView start) { letters[static_cast<uchar>(start[0])] |= letterBit(start[1]); };
    for (const QByteArrayView start : {"bearer", "Bearer", "eyJ"})
        add(start);
    for (const KeyPattern &pattern : kKeyPatterns)
        add(pattern.prefix);
    return letters;
}

/// A quick first look: few places in a text are the start of a credential.
bool mayStartCredential(char first, char second)
{
    static constexpr std::array<quint32, 256> kSecondLetters = secondLetters();
    return (kSecondLetters[static_cast<uchar>(first)] & letterBit(second)) != 0;
}

/// What takes the place of a secret of `size` bytes.
QByteArray shortMask(qsizetype)
{
    return QByteArrayLiteral("***");
}

QByteArray equalMask(qsizetype size)
{
    return QByteArray(size, '*');
}

using Mask = QByteArray (*)(qsizetype size);

/// Puts masks into a text from its beginning to its end.
class Masking
{
public:
    Masking(QByteArrayView text, Mask maskFor) : m_text(text), m_maskFor(maskFor) {}

    void hide(Range range)
    {
        m_result += m_text.sliced(m_taken, range.begin - m_taken);
        m_result += m_maskFor(range.end - range.begin);
        m_taken = range.end;
    }
    /// Nothing if nothing was hidden.
    std::optional<QByteArray> result()
    {
        if (m_taken == 0)
            return std::nullopt;
        m_result += m_text.sliced(m_taken);
        return std::move(m_result);
    }

private:
    QByteArrayView m_text;
    Mask m_maskFor;
    QByteArray m_result;
    qsizetype m_taken = 0;
};

void redactPatterns(QByteArray &text, Mask maskFor)
{
    TokenRun tokens(text);
    Masking masking(text, maskFor);
    for (qsizetype at = 0; at + 1 < text.size(); ++at) {
        // Only at the start of a word: `task-runner` is none.
        if (!mayStartCredential(text.at(at), text.at(at + 1)) || !isWordStart(text, at))
            continue;
        if (const auto range = credentialAt(text, at, tokens)) {
            masking.hide(*range);
            at = range->end - 1;
        }
    }
    if (auto result = masking.result())
        text = *std::move(result);
}

void redactRegistered(QByteArray &text, Mask maskFor)
{
    if (text.size() < kShortestSecret)
        return;
    Secrets &all = secrets();
    const std::shared_lock lock(all.mutex);
    for (const auto &[matcher, configuration] : all.entries) {
        Masking masking(text, maskFor);
        const qsizetype size = matcher.pattern().size();
        for (qsizetype at = 0; (at = matcher.indexIn(QByteArrayView(text), at)) >= 0; at += size)
            masking.hide({at, at + size});
        if (auto result = masking.result())
            text = *std::move(result);
    }
}

void add(const SecretString &secret, quint64 configuration)
{
    const QByteArray &text = secret.reveal();
    if (text.size() < kShortestSecret)
        return;
    const QByteArray quoted = json::quoted(text);

    Secrets &all = secrets();
    const std::unique_lock lock(all.mutex);
    for (const QByteArray &form : {text, text.toPercentEncoding(), quoted.sliced(1, quoted.size() - 2)}) {
        const auto isForm = [&](const Secrets::Entry &entry) { return entry.matcher.pattern() == form; };
        if (const auto known = std::ranges::find_if(all.entries, isForm); known != all.entries.end()) {
            known->configuration = std::max(known->configuration, configuration);
            continue;
        }
        const auto isShorter = [&](const Secrets::Entry &other) {
            return other.matcher.pattern().size() < form.size();
        };
        all.entries.insert(std::ranges::find_if(all.entries, isShorter), {QByteArrayMatcher(form), configuration});
        ++all.count;
    }
}

quint64 nextConfiguration()
{
    Secrets &all = secrets();
    const std::unique_lock lock(all.mutex);
    const quint64 next = ++all.configuration;
    std::erase_if(all.entries, [next](const Secrets::Entry &entry) {
        return entry.configuration != kForEver && entry.configuration + kRemembered < next;
    });
    return next;
}

/// A header's value, and what is behind its scheme (RFC 9110, section 11.4: `Basic dXNlcg==`), which can turn up alone.
void addCredential(const QByteArray &value, quint64 configuration)
{
    add(SecretString(value), configuration);
    if (const qsizetype space = value.indexOf(' '); space > 0)
        add(SecretString(value.sliced(space).trimmed()), configuration);
}

/// Registers the values whose names tell that they are keys; others may be everyday words.
void addCredentials(const std::map<QByteArray, QByteArray> &values, quint64 configuration)
{
    for (const auto &[name, value] : values) {
        if (namesSecret(name))
            addCredential(value, configuration);
    }
}

} // namespace

void registerSecret(const SecretString &secret)
{
    add(secret, kForEver);
}

void registerSecrets(const Config &config)
{
    const quint64 configuration = nextConfiguration();
    for (const ProviderConfig &provider : config.providers) {
        add(provider.apiKey, configuration);
        addCredentials(provider.headers, configuration);
        addCredentials(provider.query, configuration);
    }
    for (const RouteConfig &route : config.routing.routes) {
        for (const auto *targets : {&route.targets, &route.fallback}) {
            for (const TargetConfig &target : *targets)
                addCredentials(target.overrides.headers, configuration);
        }
    }
    for (const SecurityConfig::Key &key : config.security.keys)
        add(key.value, configuration);
    add(config.admin.token, configuration);
    add(config.dataSharing.apiKey, configuration);
    for (const auto &[name, value] :
         config.telemetry.headers) // they are there for credentials, however they are called
        addCredential(value, configuration);
    for (const SecretString &secret : config.keychainSecrets)
        add(secret, configuration);
}

QByteArray redacted(QByteArrayView text)
{
    QByteArray result = text.toByteArray();
    redact(result);
    return result;
}

void redact(QByteArray &text)
{
    redactRegistered(text, shortMask);
    redactPatterns(text, shortMask);
}

quint64 registeredSecrets()
{
    return secrets().count;
}

QByteArray redactedJson(const QByteArray &json)
{
    QByteArray clean = redacted(json);
    return json::Document::parse(clean) ? clean : QByteArray();
}

void blotOutSecrets(QByteArray &text)
{
    redactRegistered(text, equalMask);
    redactPatterns(text, equalMask);
}

} // namespace lunargate
