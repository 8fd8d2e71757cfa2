using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Ledger.App.Tests.Support;

/// <summary>
/// Somebody who reads pages and presses their buttons, as a browser does that runs no script: a form is sent with the fields that the page
/// has, and what is filled in has to be a field of it.
/// </summary>
/// <param name="http">Keeps cookies and follows no redirection.</param>
internal sealed partial class PageVisitor(HttpClient http)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private IDocument _page = null!;

    /// <summary>The status of the last answer.</summary>
    public int Status { get; private set; }

    /// <summary>Where the last answer is of.</summary>
    public string Address { get; private set; } = "";

    /// <summary>What the page says, with single spaces.</summary>
    public string Text => Spaces().Replace(_page.QuerySelector("main")!.TextContent, " ");

    /// <summary>Where the forms of all pages that were opened post to, ids left out.</summary>
    public SortedSet<string> Seen { get; } = new(StringComparer.Ordinal);

    /// <summary>Where forms were posted to, ids left out.</summary>
    public SortedSet<string> Posted { get; } = new(StringComparer.Ordinal);

    public Task Open(string address) => Take(() => http.GetAsync(address, Cancel), address);

    /// <summary>Fills in a form and presses one of its buttons. The page that answers is open then.</summary>
    /// <param name="button">What the button says. Of several forms with such a button the first one is taken whose hidden fields are those given.</param>
    /// <param name="fields">By the names of the form's fields. Of a list of choices: the value, or a part of what a choice says.</param>
    public async Task Press(string button, params (string Name, string Value)[] fields)
    {
        var pressed = _page.QuerySelectorAll("form button[type=submit]").Where(one => Words(one) == button).FirstOrDefault(one => Fits(one.Closest("form")!, fields));
        Assert.True(pressed is not null, $"{Address} has no button “{button}” with {string.Join(", ", fields.Select(field => field.Name))}; its buttons: {string.Join(", ", _page.QuerySelectorAll("form button[type=submit]").Select(Words))}.");
        var form = pressed.Closest("form")!;
        var sent = Fields(form, fields);
        var action = pressed.GetAttribute("formaction") ?? form.GetAttribute("action")!;
        if (form.GetAttribute("method") == "get")
        {
            await Open($"{action}?{string.Join('&', sent.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"))}");
            return;
        }
        Posted.Add(Pattern(action));
        await Take(() => http.PostAsync(action, Content(form, sent), Cancel), action);
    }

    /// <summary>The address without what names one thing among others.</summary>
    public static string Pattern(string address) => Ids().Replace(address.Split('?')[0], "/$1/*/");

    private async Task Take(Func<Task<HttpResponseMessage>> ask, string address)
    {
        var answer = await ask();
        for (var steps = 0; (int)answer.StatusCode is 302 or 303 && steps < 5; steps++)
        {
            address = answer.Headers.Location!.ToString();
            answer.Dispose();
            answer = await http.GetAsync(address, Cancel);
        }
        using (answer)
            (Status, Address, _page) = ((int)answer.StatusCode, address, new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync(Cancel)));
        Seen.UnionWith(_page.QuerySelectorAll("form[method=post] button[type=submit]").Select(button => Pattern(button.GetAttribute("formaction") ?? button.Closest("form")!.GetAttribute("action")!)));
    }

    private static bool Fits(IElement form, (string Name, string Value)[] fields) => fields.All(field =>
        Controls(form).Any(control => control.GetAttribute("name") == field.Name && (control.GetAttribute("type") != "hidden" || control.GetAttribute("value") == field.Value)));

    /// <summary>What the form sends: its fields as the page has them, but for those that are filled in.</summary>
    private static List<(string Name, string Value, bool IsFile)> Fields(IElement form, (string Name, string Value)[] given)
    {
        var sent = new List<(string Name, string Value, bool IsFile)>();
        foreach (var group in Controls(form).GroupBy(control => control.GetAttribute("name")!))
        {
            var control = group.First();
            if (control.GetAttribute("type") == "checkbox")
            {
                sent.AddRange(Ticked(group, [.. given.Where(field => field.Name == group.Key).Select(field => field.Value)]).Select(ticked => (group.Key, ticked, false)));
                continue;
            }
            var filled = given.Where(field => field.Name == group.Key).Select(field => field.Value).FirstOrDefault();
            var value = control.GetAttribute("type") == "radio" ? Choice(group, filled) : Value(control, filled);
            Assert.False(control.HasAttribute("required") && value is null or "" && control.GetAttribute("type") != "radio", $"{group.Key} has to be filled in.");
            Assert.False(int.TryParse(control.GetAttribute("maxlength"), out var longest) && value?.Length > longest, $"{group.Key} takes {longest} characters.");
            if (value is not null)
                sent.Add((group.Key, value, control.GetAttribute("type") == "file"));
        }
        return sent;
    }

    private static string? Value(IElement control, string? filled)
    {
        if (control.LocalName != "select")
            return filled ?? (control.LocalName == "textarea" ? control.TextContent : control.GetAttribute("value") ?? "");
        var options = control.QuerySelectorAll("option").ToList();
        var chosen = filled is null ? options.Find(option => option.HasAttribute("selected")) ?? options[0]
            : options.Find(option => option.GetAttribute("value") == filled || Words(option).Contains(filled, StringComparison.Ordinal));
        Assert.True(chosen is not null, $"There is no choice “{filled}” among {string.Join(", ", options.Select(Words))}.");
        return chosen.GetAttribute("value");
    }

    private static string? Choice(IEnumerable<IElement> radios, string? filled)
    {
        Assert.True(filled is null || radios.Any(radio => radio.GetAttribute("value") == filled), $"There is no choice “{filled}”.");
        return filled ?? radios.FirstOrDefault(radio => radio.HasAttribute("checked"))?.GetAttribute("value");
    }

    /// <summary>What is given, and nothing else; as the page has them where nothing is.</summary>
    private static IEnumerable<string> Ticked(IEnumerable<IElement> boxes, IReadOnlyList<string> given)
    {
        Assert.All(given, value => Assert.Contains(boxes, box => box.GetAttribute("value") == value));
        return given.Count > 0 ? given : boxes.Where(box => box.HasAttribute("checked")).Select(box => box.GetAttribute("value")!);
    }

    private static HttpContent Content(IElement form, List<(string Name, string Value, bool IsFile)> sent)
    {
        if (form.GetAttribute("enctype") != "multipart/form-data")
            return new FormUrlEncodedContent(sent.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        var content = new MultipartFormDataContent();
        foreach (var (name, value, isFile) in sent)
        {
            if (isFile)
                content.Add(new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(value)), name, "file");
            else
                content.Add(new StringContent(value), name);
        }
        return content;
    }

    private static IEnumerable<IElement> Controls(IElement form) => form.QuerySelectorAll("input[name], select[name], textarea[name]");

    private static string Words(IElement element) => Spaces().Replace(element.TextContent, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("^/(deals|parties|views|watchlists|alerts|endpoints|deliveries|jobs|inbox/feeds|inbox(?!/feeds)|bulk(?=/[^/]+/))/[^/]+/")]
    private static partial Regex Ids();
}
