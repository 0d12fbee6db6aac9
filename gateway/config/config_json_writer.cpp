// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_json_writer.h"

#include "gateway/config/masked_url.h"
#include "gateway/config/scalar_text.h"
#include "gateway/config/secret_names.h"

#include <QCryptographicHash>

#include <algorithm>

namespace lunargate {

namespace {

constexpr char kMask[] = "***";

} // namespace

void ConfigJsonWriter::write(QByteArrayView key, milliseconds value)
{
    m_json.member(key, formatDuration(value));
}

void ConfigJsonWriter::write(QByteArrayView key, const SecretString &value)
{
    m_json.member(key, hidden(value.reveal()));
}

void ConfigJsonWriter::write(QByteArrayView key, const std::vector<QByteArray> &values)
{
    m_json.key(key).beginArray();
    for (const QByteArray &value : values)
        m_json.string(value);
    m_json.endArray();
}

void ConfigJsonWriter::writeUrl(QByteArrayView key, const QByteArray &url)
{
    m_json.member(key, m_secrets == Secrets::Hashed ? url : maskedUrl(url));
}

void ConfigJsonWriter::writeSecretMap(QByteArrayView key, const std::map<QByteArray, QByteArray> &values)
{
    m_json.key(key).beginObject();
    for (const auto &[name, value] : values)
        m_json.member(name, hidden(value));
    m_json.endObject();
}

void ConfigJsonWriter::writeMap(QByteArrayView key, const std::map<QByteArray, QByteArray> &values)
{
    m_json.key(key).beginObject();
    for (const auto &[name, value] : values)
        m_json.member(name, namesSecret(name) ? hidden(value) : value);
    m_json.endObject();
}

void ConfigJsonWriter::writeWord(QByteArrayView key, std::span<const NamedValue> names, int value)
{
    const auto known = std::ranges::find(names, value, &NamedValue::value);
    m_json.member(key, known == names.end() ? "" : known->name);
}

QByteArray ConfigJsonWriter::hidden(const QByteArray &secret) const
{
    if (secret.isEmpty())
        return {};
    if (m_secrets == Secrets::Masked)
        return kMask;
    return QCryptographicHash::hash(secret, QCryptographicHash::Sha256).toHex();
}

} // namespace lunargate
