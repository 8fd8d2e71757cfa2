using System.Numerics;

namespace Ledger.EventStore.Proof;

/// <summary>
/// The right edge of a Merkle tree: the roots of the complete subtrees that its leaves fall into, which is all that is
/// needed to add leaves and to know the root.
/// </summary>
internal sealed class CompactRange
{
    private readonly byte[] _roots = new byte[63 * Merkle.HashSize];

    /// <summary>The number of leaves. Its binary digits say which complete subtrees there are.</summary>
    public long Size { get; private set; }

    /// <summary>Told of every complete subtree as it comes into being: its height (0 for a leaf) and its root.</summary>
    public delegate void Completed(int height, ReadOnlySpan<byte> root);

    /// <summary>Adds a leaf.</summary>
    public void Add(ReadOnlySpan<byte> leafHash, Completed? completed = null) => Add(0, leafHash, completed);

    /// <summary>Adds a complete subtree; the size must be a multiple of its number of leaves.</summary>
    public void Add(int height, ReadOnlySpan<byte> root, Completed? completed = null)
    {
        Span<byte> hash = stackalloc byte[Merkle.HashSize];
        root.CopyTo(hash);
        completed?.Invoke(height, hash);
        int level = height;
        for (; (Size >> level & 1) == 1; level++)
        {
            Merkle.Node(At(level), hash, hash);
            completed?.Invoke(level + 1, hash);
        }
        hash.CopyTo(At(level));
        Size += 1L << height;
    }

    /// <summary>The root of the whole tree.</summary>
    public byte[] Root()
    {
        if (Size == 0)
            return Merkle.EmptyRoot;
        int level = BitOperations.TrailingZeroCount(Size);
        byte[] root = At(level).ToArray();
        for (level++; Size >> level != 0; level++)
        {
            if ((Size >> level & 1) == 1)
                Merkle.Node(At(level), root, root);
        }
        return root;
    }

    public CompactRange Clone()
    {
        var copy = new CompactRange { Size = Size };
        _roots.CopyTo(copy._roots, 0);
        return copy;
    }

    private Span<byte> At(int level) => _roots.AsSpan(level * Merkle.HashSize, Merkle.HashSize);
}
