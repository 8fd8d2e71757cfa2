using Ledger.App.Intake.RecordArticle;
using Npgsql;

namespace Ledger.App.Log;

/// <summary>
/// The texts of articles, by the SHA-256 of their bytes: events carry the hash, which is all that the proof needs. A text
/// is kept before the event that names it, so that no event ever lacks its text; a text that no event names does no harm.
/// </summary>
public sealed class ArticleTexts(NpgsqlDataSource database)
{
    public async Task Keep(ArticleFile article, CancellationToken cancel)
    {
        // A table of deals is named by every part of its import; its text is sent once.
        if (await IsKept(article, cancel))
            return;
        await using var command = database.CreateCommand(
            "insert into ledger.texts (sha256, content) values ($1, $2) on conflict do nothing");
        command.Parameters.AddWithValue(Convert.FromHexString(article.Sha256));
        command.Parameters.AddWithValue(article.Text.ToString());
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Null where no text has the hash.</summary>
    public async Task<string?> Find(string sha256, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select content from ledger.texts where sha256 = $1");
        command.Parameters.AddWithValue(Convert.FromHexString(sha256));
        return (string?)await command.ExecuteScalarAsync(cancel);
    }

    private async Task<bool> IsKept(ArticleFile article, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select exists (select from ledger.texts where sha256 = $1)");
        command.Parameters.AddWithValue(Convert.FromHexString(article.Sha256));
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }
}
