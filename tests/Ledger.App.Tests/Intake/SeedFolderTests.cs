using System.Text;
using Ledger.App.Intake;
using Ledger.App.Intake.Announce;
using Ledger.App.Intake.Seed;
using Ledger.Testing;

namespace Ledger.App.Tests.Intake;

/// <summary>Folders of articles and announcements, and the sentence that refuses one that cannot be read.</summary>
public sealed class SeedFolderTests : IDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Articles_without_an_announcement_are_taken_as_they_are()
    {
        Input.WriteTo(_folder, ("articles/a.txt", Input.Article), ("articles/b.txt", "Another article."), ("announcements/a.yaml", Input.WithClaim("sector: robotics\nwords: Series B\nquote: Series B")));

        var announcements = await SeedFolder.Read(_folder.Path, Cancel);

        Assert.Equal(["a.txt", "b.txt"], announcements.Select(announcement => announcement.Article.FileName));
        Assert.Equal([1, 0], announcements.Select(announcement => announcement.Deals.Length));
    }

    [Fact]
    public async Task The_bytes_of_an_article_are_its_identity()
    {
        Input.WriteTo(_folder, ("articles/a.txt", "The same words."), ("articles/b.txt", "The same words."), ("articles/c.txt", "The same words.\n"), ("articles/d.txt", "\uFEFFThe same words."));

        var ids = (await SeedFolder.Read(_folder.Path, Cancel)).Select(announcement => announcement.Article.Id.Value).ToList();

        Assert.Equal(ids[0], ids[1]);
        Assert.Equal(3, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[0-9a-f]{16}$", id));
    }

    [Fact]
    public async Task A_folder_that_is_none_or_holds_nothing_is_refused()
    {
        Assert.Equal($"{_folder.Combine("nowhere")}: is not a folder; one with articles/ and announcements/ is expected.", await Refusal(_folder.Combine("nowhere")));
        Assert.Equal($"{_folder.Path}: has no articles/*.txt.", await Refusal());
        Directory.CreateDirectory(_folder.Combine("articles"));
        Assert.Equal($"{_folder.Path}: has no articles/*.txt.", await Refusal());
    }

    public static readonly TheoryData<byte[], string> BadBytes = new()
    {
        { [.. "Zhipu "u8, 0xE9, .. " raised"u8], "is not UTF-8: byte e9 at offset 6 begins no character" },
        { [.. "Zhipu"u8, 0xFF, 0xFE], "is not UTF-8: byte ff at offset 5 begins no character" },
        { [.. "Zhipu"u8, 0xE4, 0xB8], "is not UTF-8: byte e4 at offset 5 begins no character" },
        { [.. "Zhipu "u8, 0xED, 0xA0, 0xB4], "is not UTF-8: byte ed at offset 6 begins no character" },
        { [.. "Zhipu "u8, 0xC0, 0x80], "is not UTF-8: byte c0 at offset 6 begins no character" },
        { Encoding.Unicode.GetBytes("Zhipu"), "article: has a NUL character at 1; text is expected" },
        { [], "article: is empty" },
        { " \r\n"u8.ToArray(), "article: is empty" },
        { "Zhipu\0AI"u8.ToArray(), "article: has a NUL character at 5; text is expected" },
        { [.. Enumerable.Repeat((byte)'a', 1_000_001)], "article: has 1000001 characters; at most 1000000 are allowed" },
        { [.. Enumerable.Repeat((byte)'a', 4_000_001)], "has 4000001 bytes; an article has at most 4000000" },
    };

    [Theory]
    [MemberData(nameof(BadBytes))]
    public async Task A_file_that_is_no_text_is_refused(byte[] bytes, string problem)
    {
        Input.WriteTo(_folder, "articles/a.txt", bytes);

        Assert.Equal($"{_folder.Combine("articles/a.txt")}: {problem}.", await Refusal());
    }

    [Fact]
    public async Task An_announcement_is_text_too()
    {
        Input.WriteTo(_folder, ("articles/a.txt", Input.Article));
        Input.WriteTo(_folder, "announcements/a.yaml", [.. "article: "u8, 0xFF]);
        Assert.Equal($"{_folder.Combine("announcements/a.yaml")}: is not UTF-8: byte ff at offset 9 begins no character.", await Refusal());

        Input.WriteTo(_folder, "announcements/a.yaml", []);
        Assert.Equal($"{_folder.Combine("announcements/a.yaml")}: is empty.", await Refusal());

        Input.WriteTo(_folder, "announcements/a.yaml", [.. Enumerable.Repeat((byte)'#', 5_000_000)]);
        Assert.Equal($"{_folder.Combine("announcements/a.yaml")}: has 5000000 bytes; an announcement has at most 4000000.", await Refusal());
    }

    [Theory]
    [InlineData("article: {file: b.txt}", ", line 1: article.file: 'b.txt' is not in the folder articles.")]
    [InlineData("article: {file: ../articles/a.txt}", ", line 1: article.file: '../articles/a.txt' is not in the folder articles.")]
    [InlineData("\narticle:\n  title: A title", ", line 3: article.file: is missing; it names the article in the folder articles.")]
    [InlineData("deals: []", ": article.file: is missing; it names the article in the folder articles.")]
    public async Task An_announcement_names_an_article_of_its_folder(string yaml, string problem)
    {
        Input.WriteTo(_folder, ("articles/a.txt", Input.Article), ("announcements/x.yaml", yaml));

        Assert.Equal($"{_folder.Combine("announcements/x.yaml")}{problem}", await Refusal());
    }

    [Fact]
    public async Task Two_announcements_do_not_describe_one_article_differently()
    {
        Input.WriteTo(_folder, ("articles/a.txt", Input.Article), ("announcements/1.yaml", "article: {file: a.txt, title: A}"), ("announcements/2.yaml", "\narticle: {file: a.txt, title: B}"));
        Assert.Equal($"{_folder.Combine("announcements/2.yaml")}, line 2: article: is described otherwise in {_folder.Combine("announcements/1.yaml")}.", await Refusal());

        Input.WriteTo(_folder, ("announcements/2.yaml", "article: {file: a.txt, title: A}"), ("announcements/3.yaml", "article: {file: a.txt}"));
        Assert.Equal(3, (await SeedFolder.Read(_folder.Path, Cancel)).Count);
    }

    [Fact]
    public async Task Announcements_are_read_in_the_order_of_their_names()
    {
        Input.WriteTo(_folder, ("articles/a.txt", Input.Article), ("announcements/10.yaml", "article: {file: a.txt}"), ("announcements/02.yaml", "article: {file: a.txt}"), ("announcements/B.yaml", "article: {file: a.txt}"), ("announcements/a.yaml", "article: {file: a.txt}"));

        Assert.Equal(["02.yaml", "10.yaml", "B.yaml", "a.yaml"], (await SeedFolder.Read(_folder.Path, Cancel)).Select(announcement => Path.GetFileName(announcement.Where)));
    }

    private Task<string> Refusal() => Refusal(_folder.Path);

    private static async Task<string> Refusal(string folder) => (await Assert.ThrowsAsync<InputException>(() => SeedFolder.Read(folder, Cancel))).Message;
}
