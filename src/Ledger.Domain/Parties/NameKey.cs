using System.Text;

namespace Ledger.Domain.Parties;

/// <summary>
/// What a name is looked up by: in any case, with any white space between its words, and however its letters are put together: an accent
/// beside its letter, Latin letters as wide as Chinese ones.
/// </summary>
public static class NameKey
{
    /// <summary>
    /// By accent: letters, each followed by the one that it makes with it. The program runs without the tables of any culture, in which
    /// the framework normalises nothing; these are Unicode's canonical compositions of Latin, Greek and Cyrillic letters.
    /// </summary>
    private static readonly Dictionary<char, string> Accented = new()
    {
        ['\u0300'] = "aàeèiìoòuùüǜnǹеѐиѝēḕōṑwẁâầăằêềôồơờưừyỳ",
        ['\u0301'] = "aáeéiíoóuúyýcćlĺnńrŕsśzźüǘgǵåǻæǽøǿ¨΅ϊΐαάεέηήιίϋΰοόυύωώϒϓгѓкќçḉēḗïḯkḱmḿõṍōṓpṕũṹwẃâấăắêếôốơớưứ",
        ['\u0302'] = "aâeêiîoôuûcĉgĝhĥjĵsŝwŵyŷzẑạậẹệọộ",
        ['\u0303'] = "aãnñoõiĩuũvṽâẫăẵeẽêễôỗơỡưữyỹ",
        ['\u0304'] = "aāeēiīoōuūüǖäǟȧǡæǣǫǭöȫõȭȯȱyȳиӣуӯgḡḷḹṛṝ",
        ['\u0306'] = "aăeĕgğiĭoŏuŭийуўжӂаӑеӗȩḝạặ",
        ['\u0307'] = "cċeėgġzżaȧoȯbḃdḋfḟhḣmṁnṅpṗrṙsṡśṥšṧṣṩtṫwẇxẋyẏſẛ",
        ['\u0308'] = "aäeëiïoöuüyÿιϊυϋϒϔеёіїаӓәӛжӝзӟиӥоӧөӫэӭуӱчӵыӹhḧõṏūṻwẅxẍtẗ",
        ['\u0309'] = "aảâẩăẳeẻêểiỉoỏôổơởuủưửyỷ",
        ['\u030a'] = "aåuůwẘyẙ",
        ['\u030b'] = "oőuűуӳ",
        ['\u030c'] = "cčdďeělľnňrřsštťzžaǎiǐoǒuǔüǚgǧkǩʒǯjǰhȟ",
        ['\u030f'] = "aȁeȅiȉoȍrȑuȕѵѷ",
        ['\u0311'] = "aȃeȇiȋoȏrȓuȗ",
        ['\u031b'] = "oơuư",
        ['\u0323'] = "bḅdḍhḥkḳlḷmṃnṇrṛsṣtṭvṿwẉzẓaạeẹiịoọơợuụưựyỵ",
        ['\u0324'] = "uṳ",
        ['\u0325'] = "aḁ",
        ['\u0326'] = "sștț",
        ['\u0327'] = "cçgģkķlļnņrŗsştţeȩdḑhḩ",
        ['\u0328'] = "aąeęiįuųoǫ",
        ['\u032d'] = "dḓeḙlḽnṋtṱuṷ",
        ['\u032e'] = "hḫ",
        ['\u0330'] = "eḛiḭuṵ",
        ['\u0331'] = "bḇdḏkḵlḻnṉrṟtṯzẕhẖ",
    };

    private static readonly Dictionary<(char Letter, char Accent), char> Composed = Accented
        .SelectMany(accent => accent.Value.Chunk(2), (accent, pair) => ((pair[0], accent.Key), pair[1])).ToDictionary();

    public static string Of(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            var letter = Folded(c);
            if (key.Length > 0 && Composed.TryGetValue((key[^1], letter), out var composed))
                key[^1] = composed;
            else
                key.Append(letter);
        }
        return string.Join(' ', key.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>In lower case by way of upper case, which letters with two small forms have in common, Σ of σ and ς; and in its ordinary width.</summary>
    private static char Folded(char c) => char.ToLowerInvariant(char.ToUpperInvariant(c is >= '\uff01' and <= '\uff5e' ? (char)(c - 0xfee0) : c));
}
