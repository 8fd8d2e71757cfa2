using System.Formats.Tar;
using System.IO.Compression;
using Ledger.App.Deals;
using Ledger.App.Intake.Seed;
using Ledger.App.Operations.Backup;
using Ledger.App.Operations.Migrate;
using Ledger.EventStore;
using Ledger.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Ledger.App.Tests.Operations;

public sealed class BackupTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private TestDatabase _database = null!;
    private TestDatabase _empty = null!;

    private string Archive => _folder.Combine("backup.tar.gz");

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateEmpty(Cancel);
        _empty = await TestDatabase.CreateEmpty(Cancel);
        await Seed(_database);
        Directory.CreateDirectory(_folder.Combine("from/keys/old"));
        Directory.CreateDirectory(_folder.Combine("to"));
        await File.WriteAllBytesAsync(_folder.Combine("from/keys/signing"), [0, 255, 10], Cancel);
        await File.WriteAllTextAsync(_folder.Combine("from/keys/old/checkpoints"), "ledger\n12\nabc=\n", Cancel);
        File.SetUnixFileMode(_folder.Combine("from/keys/signing"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _empty.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_backup_restored_into_an_empty_folder_is_the_same_ledger_table_by_table()
    {
        var written = await Backup();
        var restored = await Restore();

        Assert.Equal(await Content(_database), await Content(_empty));
        Assert.Equal(written.ToJson(), restored.ToJson());
        Assert.Contains(written.Tables, table => table is { Name: "ledger.mt_events", Rows: > 10 });
        Assert.Contains(written.Tables, table => table is { Name: "ledger.texts", Rows: 5 });
        Assert.Equal(File.ReadAllBytes(_folder.Combine("from/keys/signing")), File.ReadAllBytes(_folder.Combine("to/keys/signing")));
        Assert.Equal("ledger\n12\nabc=\n", File.ReadAllText(_folder.Combine("to/keys/old/checkpoints")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Combine("to/keys/signing")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Archive));
    }

    [Fact]
    public async Task A_restored_ledger_folds_its_views_again_and_goes_on_recording()
    {
        await Backup();
        await Restore();

        await using var data = NpgsqlDataSource.Create(_empty.AppConnectionString);
        await using var services = new ServiceCollection().AddLogging().AddLedger(data).BuildServiceProvider();
        var views = services.GetRequiredService<ViewRuntime>();
        await views.Prepare(cancel: Cancel);
        await views.CatchUp(Cancel);
        var again = await services.GetRequiredService<DealLedger>().Record(await Seeds(), "test", Cancel);

        Assert.Equal(await Ask(_database, "select count(*) from ledger.mt_events"), await Ask(_empty, "select count(*) from ledger.mt_events"));
        Assert.NotNull(again);
        Assert.NotEqual(0L, await Ask(_empty, "select count(*) from views.deal"));
    }

    [Fact]
    public async Task A_backup_is_of_one_moment_though_others_go_on_writing()
    {
        await using var other = await Open(_database);
        await using var transaction = await other.BeginTransactionAsync(Cancel);
        await Run(other, "lock table ledger.mt_streams");
        var backup = Backup();
        // It has copied the tables before this one, waits, and comes to the texts later.
        while ((long)(await Ask(_database, "select count(*) from pg_locks where not granted and relation = 'ledger.mt_streams'::regclass"))! == 0)
            await Task.Delay(20, Cancel);
        await Run(other, "insert into ledger.texts values (sha256('new'), 'new')");
        await transaction.CommitAsync(Cancel);

        var written = await backup;
        await Restore();

        Assert.Equal(5L, await Ask(_empty, "select count(*) from ledger.texts"));
        Assert.Contains(written.Tables, table => table is { Name: "ledger.texts", Rows: 5 });
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("flipped")]
    [InlineData("row")]
    [InlineData("without manifest")]
    [InlineData("no archive")]
    public async Task A_damaged_archive_is_refused_and_changes_nothing(string damage)
    {
        await Backup();
        await Damage(damage);

        var refused = await Assert.ThrowsAsync<BackupRefusedException>(Restore);

        Assert.StartsWith($"The archive '{Archive}' is ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        // What a library says of its own steps helps nobody.
        Assert.DoesNotContain('(', refused.Message);
        Assert.Equal(0L, await Ask(_empty, "select count(*) from pg_namespace where nspname = 'ledger'"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Combine("to")));
    }

    [Fact]
    public async Task A_ledger_that_holds_something_is_not_restored_into()
    {
        await Backup();
        await Restore();
        Directory.Delete(_folder.Combine("to/keys"), recursive: true);
        var before = await Content(_empty);

        var refused = await Assert.ThrowsAsync<BackupRefusedException>(Restore);

        Assert.StartsWith("The ledger is not empty", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await Content(_empty));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Combine("to")));
    }

    [Fact]
    public async Task Keys_that_are_there_are_not_overwritten()
    {
        await Backup();
        Directory.CreateDirectory(_folder.Combine("to/keys"));
        await File.WriteAllTextAsync(_folder.Combine("to/keys/signing"), "mine", Cancel);

        var refused = await Assert.ThrowsAsync<BackupRefusedException>(Restore);

        Assert.Contains("holds keys already", refused.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(_folder.Combine("to/keys/signing"), Cancel));
    }

    [Fact]
    public async Task A_backup_overwrites_nothing_and_leaves_nothing_half_written()
    {
        await File.WriteAllTextAsync(Archive, "mine", Cancel);
        var exists = await Assert.ThrowsAsync<BackupRefusedException>(Backup);
        Assert.Contains("overwrites nothing", exists.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Archive, Cancel));

        await using var connection = await Open(_database);
        var nowhere = await Assert.ThrowsAsync<BackupRefusedException>(() => LedgerBackup.Write(connection, _folder.Path, _folder.Combine("none/b.tar.gz"), Cancel));
        Assert.StartsWith("The backup cannot be written", nowhere.Message, StringComparison.Ordinal);
        await using var empty = await Open(_empty);
        var nothing = await Assert.ThrowsAsync<BackupRefusedException>(() => LedgerBackup.Write(empty, _folder.Path, _folder.Combine("b.tar.gz"), Cancel));
        Assert.StartsWith("The database holds no ledger", nothing.Message, StringComparison.Ordinal);
        Assert.Equal(["backup.tar.gz"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName));
    }

    private static async Task Seed(TestDatabase database)
    {
        await using (var owner = await Open(database)) await LedgerSchema.Migrate(owner, Cancel);
        await using var data = NpgsqlDataSource.Create(database.AppConnectionString);
        await using var services = new ServiceCollection().AddLogging().AddLedger(data).BuildServiceProvider();
        await services.GetRequiredService<DealLedger>().Record(await Seeds(), "test", Cancel);
    }

    private static Task<List<Ledger.App.Intake.Announce.Announcement>> Seeds() => SeedFolder.Read(Path.Combine(Repository.Root, "seeds"), Cancel);

    private async Task<BackupManifest> Backup()
    {
        await using var connection = await Open(_database);
        return await LedgerBackup.Write(connection, _folder.Combine("from"), Archive, Cancel);
    }

    private async Task<BackupManifest> Restore()
    {
        await using var connection = await Open(_empty);
        return await LedgerRestore.Run(connection, _folder.Combine("to"), Archive, Cancel);
    }

    private async Task Damage(string damage)
    {
        var bytes = await File.ReadAllBytesAsync(Archive, Cancel);
        if (damage == "cut") await File.WriteAllBytesAsync(Archive, bytes[..(bytes.Length / 2)], Cancel);
        if (damage == "no archive") await File.WriteAllTextAsync(Archive, "not an archive", Cancel);
        if (damage == "flipped")
        {
            bytes[bytes.Length / 2] ^= 0x40;
            await File.WriteAllBytesAsync(Archive, bytes, Cancel);
        }

        if (damage is "row" or "without manifest") await Rewrite(entry => entry.Name != "manifest.json" || damage == "row", "tables/ledger.texts.copy");
    }

    /// <summary>A well-formed archive of the same members, with one table's first byte changed.</summary>
    private async Task Rewrite(Func<TarEntry, bool> keep, string changed)
    {
        var original = _folder.Combine("original");
        File.Move(Archive, original);
        await using (var output = new GZipStream(File.Create(Archive), CompressionLevel.Fastest))
        await using (var tar = new TarWriter(output))
            await foreach (var entry in BackupArchive.Members(original, Cancel))
            {
                var content = new MemoryStream();
                if (entry.DataStream is not null) await entry.DataStream.CopyToAsync(content, Cancel);
                if (entry.Name == changed) content.GetBuffer()[^1..].CopyTo(content.GetBuffer(), 0);
                content.Position = 0;
                if (keep(entry)) await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, entry.Name) { DataStream = content }, Cancel);
            }

        File.Delete(original);
    }

    /// <summary>Every row of every table and every sequence, as text.</summary>
    private static async Task<string> Content(TestDatabase database)
    {
        await using var connection = await Open(database);
        var content = new List<string>();
        foreach (var table in await BackupContent.Tables(connection, Cancel))
        {
            await using var rows = new NpgsqlCommand($"select string_agg(t::text, E'\\n' order by t::text) from {table.Name} t", connection);
            content.Add($"{table.Name} ({string.Join(", ", table.Columns)})\n{await rows.ExecuteScalarAsync(Cancel)}");
        }

        content.AddRange((await BackupContent.Sequences(connection, Cancel)).Select(sequence => sequence.ToString()));
        content.AddRange((await BackupContent.Migrations(connection, Cancel)).Select(migration => migration.ToString()));
        return string.Join("\n\n", content);
    }

    private static async Task<NpgsqlConnection> Open(TestDatabase database)
    {
        var connection = new NpgsqlConnection(database.OwnerConnectionString);
        await connection.OpenAsync(Cancel);
        return connection;
    }

    private static async Task Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task<object?> Ask(TestDatabase database, string sql)
    {
        await using var connection = await Open(database);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
