using Ledger.App.Intake.Announce;
using Ledger.App.Intake.RecordArticle;
using Ledger.Domain.Articles;

namespace Ledger.App.Intake.Seed;

/// <summary>A folder of articles and of announcements that say what the articles announce.</summary>
internal static class SeedFolder
{
    /// <summary>
    /// Reads <c>articles/*.txt</c> and <c>announcements/*.yaml</c>, all of them before anything is recorded. An article without
    /// an announcement is recorded as it is.
    /// </summary>
    /// <exception cref="InputException">Names the file, the line and the field.</exception>
    public static async Task<List<Announcement>> Read(string folder, CancellationToken cancel)
    {
        if (!Directory.Exists(folder))
            throw new InputException(folder, "is not a folder; one with articles/ and announcements/ is expected");
        var articles = new Dictionary<string, ArticleFile>(StringComparer.Ordinal);
        foreach (var path in Files(folder, "articles", "*.txt"))
            articles.Add(Path.GetFileName(path), await ArticleFile.Read(path, cancel));
        var announcements = new List<Announcement>();
        foreach (var path in Files(folder, "announcements", "*.yaml"))
        {
            var file = StrictYaml.Parse<AnnouncementFile>(path, TextFile.Decode(await TextFile.Read(path, "an announcement", cancel), path));
            if (file.Article?.File is not { Length: > 0 } name)
                throw new InputException(file.Article is { Line: var line } ? $"{path}, line {line}" : path, "article.file: is missing; it names the article in the folder articles");
            if (!articles.TryGetValue(name, out var article))
                throw new InputException($"{path}, line {file.Article.Line}", $"article.file: '{name}' is not in the folder articles");
            var announcement = AnnouncementReader.Read(path, file, article);
            CheckDescribedAlike(announcement, announcements, file.Article.Line);
            announcements.Add(announcement);
        }
        if (articles.Count == 0)
            throw new InputException(folder, "has no articles/*.txt");
        var announced = announcements.Select(announcement => announcement.Article.Id).ToHashSet();
        announcements.AddRange(articles.Values.Where(article => !announced.Contains(article.Id)).Select(Announcement.Of));
        return announcements;
    }

    /// <summary>Each description replaces the one before: two of them would do so anew whenever the folder is recorded.</summary>
    private static void CheckDescribedAlike(Announcement announcement, List<Announcement> before, long line)
    {
        var other = before.Find(other => other.Article.Id == announcement.Article.Id
            && other.Description != announcement.Description && other.Description != ArticleDescription.Empty && announcement.Description != ArticleDescription.Empty);
        if (other is not null)
            throw new InputException($"{announcement.Where}, line {line}", $"article: is described otherwise in {other.Where}");
    }

    private static IEnumerable<string> Files(string folder, string kind, string pattern)
    {
        var path = Path.Combine(folder, kind);
        return Directory.Exists(path) ? Directory.EnumerateFiles(path, pattern).Order(StringComparer.Ordinal) : [];
    }
}
