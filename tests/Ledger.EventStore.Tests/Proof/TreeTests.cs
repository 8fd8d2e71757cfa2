using System.Diagnostics;
using System.Text;
using Ledger.EventStore.Proof;
using Ledger.EventStore.Tests.Support;
using Npgsql;

namespace Ledger.EventStore.Tests.Proof;

public sealed class TreeTests : IAsyncLifetime
{
    private readonly LogFixture _fixture = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("log-key").FullName;
    private LogKey _key = null!;
    private LogTree _tree = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        _key = LogKey.OpenOrCreate(_folder, "example.com/tree");
        _tree = new LogTree(_fixture.Database, _key);
    }

    [Fact]
    public async Task The_canonical_bytes_are_what_the_readme_defines_in_SQL()
    {
        string nasty = string.Concat(Enumerable.Range(1, 0x100).Select(i => (char)i)) + "\"\\/\u2028é漢😀</script>";
        await _fixture.Log.Append(Samples.To(nasty, 0, Samples.Moved(int.MinValue, nasty)) with
        {
            CorrelationId = nasty,
            Headers = new Dictionary<string, string> { [nasty] = nasty },
        }, Cancel);
        await _fixture.Log.Append(Samples.To("plain", 0, Samples.Moved(1), Samples.Moved(2, "")) with { CausationId = "" }, Cancel);
        var output = new MemoryStream();
        await _tree.Export(output, 0, 10, Cancel);

        string readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src/Ledger.EventStore/README.md"), Cancel);
        string definition = readme.Split("```sql\n")[1].Split("```")[0];
        Assert.Equal((string)(await _fixture.Sql($"select string_agg(leaf || E'\\n', '' order by position) from ({definition}) as leaves"))!,
            Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public async Task A_note_that_a_crash_cut_off_costs_no_other_one()
    {
        await _fixture.Log.Append(Samples.To("a", 0, Samples.Moved()), Cancel);
        await _tree.Sign(Cancel);
        await File.AppendAllTextAsync(_key.CheckpointFile, "example.com/tr", Cancel);
        await _fixture.Log.Append(Samples.To("b", 0, Samples.Moved()), Cancel);
        await _tree.Sign(Cancel);
        Assert.Equal([1L, 2L], CheckpointFile.Read(_key).Select(note => note.Checkpoint.Size));
    }

    [Fact]
    public async Task A_tile_far_beyond_the_log_is_not_there()
    {
        await _fixture.Log.Append(Samples.To("a", 0, [.. Enumerable.Range(0, 300).Select(i => Samples.Moved(i))]), Cancel);
        await _tree.Sign(Cancel);
        Assert.NotNull(await _tree.Resource("tile/entries/000", Cancel));
        Assert.Null(await _tree.Resource("tile/entries/x072/x057/x594/x037/x927/936", Cancel));
    }

    [Fact]
    public async Task A_checkpoint_follows_every_append_within_a_second_and_is_kept_beside_the_key_too()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task running = _tree.Run(stop.Token);
        for (int i = 0; i < 3; i++)
        {
            Appended answer = await _fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
            long committed = Stopwatch.GetTimestamp();
            while (SizeOf(await _tree.Checkpoint(Cancel)) < answer.LastPosition)
                await Task.Delay(10, Cancel);
            Assert.InRange(Stopwatch.GetElapsedTime(committed), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        }
        await stop.CancelAsync();
        await running;
        Assert.Contains(await _tree.Checkpoint(Cancel) + "\n", await File.ReadAllTextAsync(_key.CheckpointFile, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_servers_one_signs_and_all_keep_every_checkpoint()
    {
        string otherFolder = Path.Combine(_folder, "other");
        Directory.CreateDirectory(otherFolder);
        foreach (string file in (string[])["log-key.pem", "log-key.pub"])
            File.Copy(Path.Combine(_folder, file), Path.Combine(otherFolder, file));
        using var otherKey = LogKey.Open(otherFolder);
        using var other = new LogTree(_fixture.Database, otherKey);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task running = Task.WhenAll(_tree.Run(stop.Token), other.Run(stop.Token));
        for (int i = 0; i < 60; i++)
        {
            await _fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
            await Task.Delay(30, Cancel);
        }
        await stop.CancelAsync();
        await running;
        await _tree.Sign(Cancel);
        await other.Sign(Cancel);

        await using NpgsqlCommand count = _fixture.Database.CreateCommand("select count(*) from ledger.tree_checkpoints");
        long signed = (long)(await count.ExecuteScalarAsync(Cancel))!;
        foreach (LogTree tree in new[] { _tree, other })
        {
            LogVerdict verdict = await tree.Verify(cancel: Cancel);
            Assert.Equal((60, 0, signed), (verdict.Events, verdict.Unproven, verdict.Checkpoints));
            Assert.Empty(verdict.Faults);
        }
        await Tamper("delete from ledger.tree_checkpoints");
        Assert.Equal((signed, signed), ((await _tree.Verify(cancel: Cancel)).Checkpoints, (await other.Verify(cancel: Cancel)).Checkpoints));
    }

    [Fact]
    public async Task A_step_that_signed_but_was_not_committed_is_taken_again()
    {
        await _fixture.Log.Append(Samples.To("a", 0, Samples.Moved()), Cancel);
        await _tree.Sign(Cancel);
        await _fixture.Log.Append(Samples.To("b", 0, [.. Enumerable.Range(0, 400).Select(i => Samples.Moved(i))]), Cancel);
        await _tree.Sign(Cancel);
        // As it looks when the server was killed after writing the file.
        await Tamper("""
            delete from ledger.tree_checkpoints where size > 1;
            update ledger.tree_head set size = 1;
            delete from ledger.tree_tiles where level > 0 or index > 0;
            update ledger.tree_tiles set hashes = substr(hashes, 1, 32)
            """);
        using var restarted = new LogTree(_fixture.Database, _key);
        Assert.Empty((await restarted.Verify(cancel: Cancel)).Faults);
        await _fixture.Log.Append(Samples.To("c", 0, Samples.Moved()), Cancel);
        await restarted.Sign(Cancel);
        LogVerdict verdict = await restarted.Verify(cancel: Cancel);
        Assert.Equal((402, 0), (verdict.Events, verdict.Unproven));
        Assert.Empty(verdict.Faults);
    }

    [Fact]
    public async Task A_server_stopped_while_it_extends_the_tree_does_not_keep_others_from_it()
    {
        await _fixture.Log.Append(Samples.To("a", 0, Samples.Moved()), Cancel);
        // It holds the lock and says nothing more, with the bound that every step sets.
        await using NpgsqlConnection stopped = await _fixture.Database.OpenConnectionAsync(Cancel);
        await using NpgsqlTransaction transaction = await stopped.BeginTransactionAsync(Cancel);
        await using (var step = new NpgsqlCommand("set local idle_in_transaction_session_timeout = 300; select from ledger.tree_head for update", stopped))
            await step.ExecuteNonQueryAsync(Cancel);
        Assert.Equal(1, SizeOf(await _tree.Sign(Cancel).WaitAsync(TimeSpan.FromSeconds(5), Cancel)));
    }

    [Fact]
    public async Task Tiles_entries_and_checkpoint_are_served_by_path()
    {
        await _fixture.Log.Append(Samples.To("a", 0, [.. Enumerable.Range(0, 300).Select(i => Samples.Moved(i))]), Cancel);
        string note = await _tree.Sign(Cancel);
        Assert.Equal(note, Encoding.UTF8.GetString((await _tree.Resource("checkpoint", Cancel))!));
        Assert.Equal(256 * 32, (await _tree.Resource("tile/0/000", Cancel))!.Length);
        Assert.Equal(44 * 32, (await _tree.Resource("tile/0/001.p/44", Cancel))!.Length);
        Assert.Equal(32, (await _tree.Resource("tile/1/000.p/1", Cancel))!.Length);
        byte[] entries = (await _tree.Resource("tile/entries/001.p/44", Cancel))!;
        int first = entries[0] << 8 | entries[1];
        Assert.StartsWith("{\"position\":257,", Encoding.UTF8.GetString(entries, 2, first), StringComparison.Ordinal);
        foreach (string nothing in (string[])["tile/0/001", "tile/0/001.p/45", "tile/0/002.p/1", "tile/entries/001", "tile/entries/001.p/45",
                     "tile/0/1", "tile/64/000", "tile/00/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/x000/000/", "tile/-1/000", "nothing"])
            Assert.Null(await _tree.Resource(nothing, Cancel));
    }

    [Fact]
    public async Task A_program_that_shares_no_code_checks_the_log_a_proof_and_the_consistency_of_two_checkpoints()
    {
        await _fixture.Log.Append(Samples.To("a", 0, [.. Enumerable.Range(0, 300).Select(i => Samples.Moved(i, "漢\n"))]), Cancel);
        string older = await _tree.Sign(Cancel);
        await _fixture.Log.Append(Samples.To("b", 0, [.. Enumerable.Range(0, 77).Select(i => Samples.Moved(i))]), Cancel);
        await _tree.Sign(Cancel);
        string log = Path.Combine(_folder, "events.jsonl");
        await using (FileStream file = File.Create(log))
            await _tree.Export(file, 0, 377, Cancel);
        string proof = await Written("proof", await _tree.ProveInclusion(17, Cancel));
        string old = await Written("old", older);
        string consistency = await Written("consistency", await _tree.ProveConsistency(300, Cancel));

        Assert.Equal(0, await Node("log", log, _key.CheckpointFile));
        Assert.Equal(0, await Node("event", proof));
        Assert.Equal(0, await Node("consistency", old, consistency));

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _tree.ProveInclusion(378, Cancel));
        Assert.Equal(1, await Node("log", await Changed(log, "\"by\": 17,", "\"by\": 18,"), _key.CheckpointFile));
        Assert.Equal(1, await Node("log", await Written("short", string.Join('\n', (await File.ReadAllLinesAsync(log, Cancel))[..376])), _key.CheckpointFile));
        Assert.Equal(1, await Node("event", await Changed(proof, "index 16", "index 17")));
        Assert.Equal(1, await Node("event", await Changed(proof, "\n377\n", "\n378\n")));
        Assert.Equal(1, await Node("consistency", old, await Written("wrong", await _tree.ProveConsistency(299, Cancel))));
        Assert.Equal(1, await Node("consistency", old, await Changed(consistency, "old 300\n", "old 300\n" + Convert.ToBase64String(new byte[32]) + "\n")));
        using var stranger = LogKey.OpenOrCreate(Path.Combine(_folder, "stranger"), "example.com/tree");
        Assert.Equal(1, await Run("event", proof, "--key", stranger.VerifierKey));
        Assert.Equal(2, await Node("event", log));
    }

    [Fact]
    public async Task Keys_made_at_once_by_several_programs_are_one_and_nobody_else_may_read_it()
    {
        string folder = Path.Combine(_folder, "new");
        LogKey[] keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => LogKey.OpenOrCreate(folder, "example.com/new"))));
        Assert.Single(keys.Select(k => k.VerifierKey).Distinct());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "log-key.pem")));
        Assert.Equal(["log-key.pem", "log-key.pub"], Directory.GetFiles(folder).Select(f => Path.GetFileName(f)!).Order());
    }

    private Task<int> Node(params string[] arguments) => Run([.. arguments, "--key", Path.Combine(_folder, "log-key.pub")]);

    private static async Task<int> Run(params string[] arguments)
    {
        using Process node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Repository.Root, "deploy/verify-log.mjs"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> said = node.StandardOutput.ReadToEndAsync(Cancel), complained = node.StandardError.ReadToEndAsync(Cancel);
        await node.WaitForExitAsync(Cancel);
        TestContext.Current.SendDiagnosticMessage($"{await said}{await complained}");
        return node.ExitCode;
    }

    private async Task<string> Written(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, content, Cancel);
        return path;
    }

    private async Task<string> Changed(string path, string from, string to)
    {
        string content = await File.ReadAllTextAsync(path, Cancel);
        Assert.Contains(from, content, StringComparison.Ordinal);
        return await Written(Path.GetFileName(path) + ".changed", content.Replace(from, to, StringComparison.Ordinal));
    }

    private async Task Tamper(string sql)
    {
        string[] tables = ["tree_head", "tree_tiles", "tree_checkpoints"];
        await using NpgsqlCommand command = _fixture.Owner.CreateCommand(
            string.Concat(tables.Select(t => $"alter table ledger.{t} disable trigger all;")) + sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static long SizeOf(string? note) => note is null ? 0 : long.Parse(note.Split('\n')[1]);

    public async ValueTask DisposeAsync()
    {
        _tree.Dispose();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
        await _fixture.DisposeAsync();
    }
}
