using System.Security.Cryptography;

namespace Ledger.EventStore.Proof;

/// <summary>The hashes of RFC 6962, section 2.1, with SHA-256.</summary>
internal static class Merkle
{
    public const int HashSize = SHA256.HashSizeInBytes;

    /// <summary>The root of a tree without leaves.</summary>
    public static byte[] EmptyRoot => SHA256.HashData([]);

    /// <summary>The hash of a leaf.</summary>
    /// <param name="prefixed">The leaf, after a byte 0x00.</param>
    /// <param name="hash">Takes 32 bytes.</param>
    public static void Leaf(ReadOnlySpan<byte> prefixed, Span<byte> hash) => SHA256.HashData(prefixed, hash);

    /// <summary>The hash of the node above two others. It may overwrite one of them.</summary>
    public static void Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> hash)
    {
        Span<byte> node = stackalloc byte[1 + 2 * HashSize];
        node[0] = 0x01;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + HashSize)..]);
        SHA256.HashData(node, hash);
    }

    /// <summary>Whether a leaf stands at an index of the tree with this root (RFC 9162, section 2.1.3.2).</summary>
    public static bool Includes(ReadOnlySpan<byte> leafHash, long index, long size, IReadOnlyList<byte[]> path, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size)
            return false;
        Span<byte> hash = stackalloc byte[HashSize];
        leafHash.CopyTo(hash);
        long last = size - 1;
        foreach (byte[] sibling in path)
        {
            if (last == 0)
                return false;
            if ((index & 1) == 1 || index == last)
            {
                Node(sibling, hash, hash);
                for (; (index & 1) == 0 && index != 0; index >>= 1)
                    last >>= 1;
            }
            else
            {
                Node(hash, sibling, hash);
            }
            index >>= 1;
            last >>= 1;
        }
        return last == 0 && hash.SequenceEqual(root);
    }
}
