using Ledger.EventStore.Proof;
using Ledger.EventStore.Tests.Support;
using Npgsql;

namespace Ledger.EventStore.Tests.Proof;

public sealed class MerkleTests(LogFixture fixture) : IClassFixture<LogFixture>
{
    // The leaves and roots that the reference implementation of RFC 6962 publishes.
    private static readonly string[] Leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    private static readonly string[] Roots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Roots_are_those_of_the_published_vectors()
    {
        var tree = new CompactRange();
        for (int size = 0; size <= Leaves.Length; size++)
        {
            Assert.Equal(Roots[size], Convert.ToHexStringLower(tree.Root()));
            if (size < Leaves.Length)
                tree.Add(HashOf(Convert.FromHexString(Leaves[size])));
        }
    }

    [Fact]
    public async Task Proofs_are_those_of_the_published_vectors()
    {
        await using Scratch scratch = await Scratch.Create(fixture, Leaves.Select(l => HashOf(Convert.FromHexString(l))));
        TreeReader tree = scratch.Reader;
        Assert.Equal(
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ], Hex(await tree.InclusionPath(0, 0, 8, Cancel)));
        Assert.Equal(
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ], Hex(await tree.InclusionPath(5, 0, 8, Cancel)));
        Assert.Equal(
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ], Hex(await tree.ConsistencyProof(6, 8, Cancel)));
        Assert.Equal(
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ], Hex(await tree.ConsistencyProof(2, 5, Cancel)));
    }

    [Fact]
    public async Task Tiles_are_cut_as_the_layout_says()
    {
        // The layout's own example: a tree of 70,000.
        await using Scratch scratch = await Scratch.Create(fixture, Enumerable.Range(0, 70_000).Select(i => HashOf(BitConverter.GetBytes(i))));
        Assert.Equal(["0: 273 full, 112", "1: 1 full, 17", "2: 0 full, 1"], await scratch.Shape());

        // Taken up again from its tiles it goes on as if it had never been put down.
        var whole = new CompactRange();
        for (int i = 0; i < 70_300; i++)
            whole.Add(HashOf(BitConverter.GetBytes(i)));
        TreeEdge edge = await TreeEdge.Load(scratch.Connection, 70_000, Cancel);
        for (int i = 70_000; i < 70_300; i++)
            edge.Add(HashOf(BitConverter.GetBytes(i)));
        Assert.Equal(whole.Root(), edge.Root());
        await edge.Save(scratch.Connection, Cancel);
        var reader = new TreeReader(scratch.Connection);
        Assert.Equal(whole.Root(), await reader.Root(0, 70_300, Cancel));
        foreach (long index in new long[] { 0, 255, 256, 65_535, 65_536, 69_999, 70_299 })
        {
            List<byte[]> path = await reader.InclusionPath(index, 0, 70_300, Cancel);
            Assert.True(Merkle.Includes(HashOf(BitConverter.GetBytes((int)index)), index, 70_300, path, whole.Root()));
            Assert.False(Merkle.Includes(HashOf(BitConverter.GetBytes((int)index + 1)), index, 70_300, path, whole.Root()));
            Assert.False(Merkle.Includes(HashOf(BitConverter.GetBytes((int)index)), index ^ 1, 70_300, path, whole.Root()));
        }
    }

    private static byte[] HashOf(byte[] leaf)
    {
        var hash = new byte[Merkle.HashSize];
        Merkle.Leaf([0, .. leaf], hash);
        return hash;
    }

    private static IEnumerable<string> Hex(List<byte[]> hashes) => hashes.Select(Convert.ToHexStringLower);

    /// <summary>A tree in a transaction that is never committed.</summary>
    private sealed class Scratch : IAsyncDisposable
    {
        public NpgsqlConnection Connection { get; private init; } = null!;

        public TreeReader Reader => new(Connection);

        public static async Task<Scratch> Create(LogFixture fixture, IEnumerable<byte[]> leafHashes)
        {
            NpgsqlConnection connection = await fixture.Database.OpenConnectionAsync(Cancel);
            await connection.BeginTransactionAsync(Cancel);
            var edge = new TreeEdge();
            foreach (byte[] hash in leafHashes)
                edge.Add(hash);
            await edge.Save(connection, Cancel);
            return new Scratch { Connection = connection };
        }

        public async Task<List<string>> Shape()
        {
            await using var command = new NpgsqlCommand("""
                select level || ': ' || count(*) filter (where length(hashes) = 8192) || ' full, ' || min(length(hashes)) / 32
                from ledger.tree_tiles group by level order by level
                """, Connection);
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(Cancel);
            List<string> shape = [];
            while (await reader.ReadAsync(Cancel))
                shape.Add(reader.GetString(0));
            return shape;
        }

        public ValueTask DisposeAsync() => Connection.DisposeAsync();
    }
}
