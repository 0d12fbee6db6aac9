// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/content_hash.h"

#include <openssl/evp.h>

#include <cstring>
#include <new>

namespace lunargate {

namespace {

// Looked up once: by name it takes longer than a small request's hash. It is never given back, as threads may still
// hash when static objects go.
const EVP_MD *sha256()
{
    static const EVP_MD *const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm;
}

// It fails for lack of memory, or if OpenSSL is configured to have no SHA-256. Going on would mix answers up.
void require(int result)
{
    if (result != 1)
        throw std::bad_alloc();
}

} // namespace

void ContentHash::FreeContext::operator()(evp_md_ctx_st *context) const
{
    EVP_MD_CTX_free(context);
}

ContentHash::ContentHash() : m_context(EVP_MD_CTX_new())
{
    require(m_context ? EVP_DigestInit_ex(m_context.get(), sha256(), nullptr) : 0);
}

void ContentHash::put(QByteArrayView bytes)
{
    const auto room = static_cast<qsizetype>(m_buffer.size());
    if (bytes.size() > room - m_size)
        flush();
    if (bytes.size() > room) {
        require(EVP_DigestUpdate(m_context.get(), bytes.data(), static_cast<size_t>(bytes.size())));
    } else if (!bytes.isEmpty()) {
        std::memcpy(m_buffer.data() + m_size, bytes.data(), static_cast<size_t>(bytes.size()));
        m_size += bytes.size();
    }
}

void ContentHash::flush()
{
    require(EVP_DigestUpdate(m_context.get(), m_buffer.data(), static_cast<size_t>(m_size)));
    m_size = 0;
}

ContentHash::Digest ContentHash::result()
{
    flush();
    Digest digest{};
    require(EVP_DigestFinal_ex(m_context.get(), reinterpret_cast<unsigned char *>(digest.data()), nullptr));
    return digest;
}

} // namespace lunargate
