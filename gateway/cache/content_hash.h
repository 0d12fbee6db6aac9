// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/canonical.h"

#include <QByteArray>

#include <array>
#include <memory>

struct evp_md_ctx_st; // OpenSSL's EVP_MD_CTX

namespace lunargate {

/// SHA-256 over values that each say where they end, so that no two sequences of values look the same. By OpenSSL,
/// which uses the processor's own instructions: Qt's takes six to ten times as long.
class ContentHash : public json::CanonicalSink
{
public:
    using Digest = std::array<char, 32>;

    ContentHash();

    void add(QByteArrayView text) { json::writeCanonical(text, *this); }
    void add(qint64 number) { json::writeCanonical(number, *this); }

    void put(QByteArrayView bytes) override;

    /// Of everything so far; nothing can be added afterwards.
    Digest result();

private:
    struct FreeContext
    {
        void operator()(evp_md_ctx_st *context) const;
    };

    void flush();

    std::unique_ptr<evp_md_ctx_st, FreeContext> m_context;
    qsizetype m_size = 0;
    std::array<char, 1024> m_buffer{}; ///< not hashed yet: most values are small, and each call has its price
};

} // namespace lunargate
