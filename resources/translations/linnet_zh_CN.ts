<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Commands</name>
    <message>
        <source>&amp;New</source>
        <translation>新建(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>Save &amp;As…</source>
        <translation>另存为(&amp;A)…</translation>
    </message>
    <message>
        <source>&amp;Reload from Disk</source>
        <translation>从磁盘重新载入(&amp;R)</translation>
    </message>
    <message>
        <source>Encod&amp;ing…</source>
        <translation>编码(&amp;I)…</translation>
    </message>
    <message>
        <source>Reco&amp;ver Unsaved Text…</source>
        <translation>恢复未保存的文字(&amp;V)…</translation>
    </message>
    <message>
        <source>&amp;Close Window</source>
        <translation>关闭窗口(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>Cu&amp;t</source>
        <translation>剪切(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>复制(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>粘贴(&amp;P)</translation>
    </message>
    <message>
        <source>Select &amp;All</source>
        <translation>全选(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Find…</source>
        <translation>查找(&amp;F)…</translation>
    </message>
    <message>
        <source>Find &amp;Next</source>
        <translation>查找下一个(&amp;N)</translation>
    </message>
    <message>
        <source>Find Pre&amp;vious</source>
        <translation>查找上一个(&amp;V)</translation>
    </message>
    <message>
        <source>R&amp;eplace…</source>
        <translation>替换(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Go to Line…</source>
        <translation>转到行(&amp;G)…</translation>
    </message>
    <message>
        <source>&amp;Suggestions</source>
        <translation>联想(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Full Screen</source>
        <translation>全屏(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Typewriter Scrolling</source>
        <translation>打字机滚动(&amp;T)</translation>
    </message>
    <message>
        <source>Zoom &amp;In</source>
        <translation>放大(&amp;I)</translation>
    </message>
    <message>
        <source>Zoom &amp;Out</source>
        <translation>缩小(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Actual Size</source>
        <translation>实际大小(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Poem</source>
        <translation>诗(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Mark Verse</source>
        <translation>标注格律(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Rhymes…</source>
        <translation>查韵(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>设置(&amp;S)…</translation>
    </message>
    <message>
        <source>&amp;Keyboard Shortcuts</source>
        <translation>键盘快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;About Linnet</source>
        <translation>关于 Linnet(&amp;A)</translation>
    </message>
    <message>
        <source>Take the whole suggestion</source>
        <translation>采纳整条联想</translation>
    </message>
    <message>
        <source>Take one word of it</source>
        <translation>采纳联想的一个词</translation>
    </message>
    <message>
        <source>Hide the suggestion here</source>
        <translation>隐藏此处的联想</translation>
    </message>
    <message>
        <source>Next alternative</source>
        <translation>下一条联想</translation>
    </message>
    <message>
        <source>Previous alternative</source>
        <translation>上一条联想</translation>
    </message>
    <message>
        <source>Suggest here and now</source>
        <translation>立即在此联想</translation>
    </message>
    <message>
        <source>Choose the first word of the bar</source>
        <translation>选用词栏第一个词</translation>
    </message>
    <message>
        <source>Choose the second word of the bar</source>
        <translation>选用词栏第二个词</translation>
    </message>
    <message>
        <source>Choose the third word of the bar</source>
        <translation>选用词栏第三个词</translation>
    </message>
    <message>
        <source>Choose the fourth word of the bar</source>
        <translation>选用词栏第四个词</translation>
    </message>
    <message>
        <source>Choose the fifth word of the bar</source>
        <translation>选用词栏第五个词</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Verse</source>
        <translation>诗</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Suggestions</source>
        <translation>联想</translation>
    </message>
    <message>
        <source>Check &amp;Spelling</source>
        <translation>检查拼写(&amp;S)</translation>
    </message>
    <message>
        <source>F&amp;ocus on the Paragraph</source>
        <translation>专注当前段落(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Captions</source>
        <translation>配文(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Add Pictures…</source>
        <translation>添加图片(&amp;A)…</translation>
    </message>
    <message>
        <source>Add a &amp;Folder…</source>
        <translation>添加文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
</context>
<context>
    <name>Diagnostics</name>
    <message>
        <source>What was asked for cannot be done.</source>
        <translation>所要求的无法做到。</translation>
    </message>
    <message>
        <source>A file or a model that it needs is not there.</source>
        <translation>缺少所需的文件或模型。</translation>
    </message>
    <message>
        <source>A file cannot be read or written.</source>
        <translation>文件无法读写。</translation>
    </message>
    <message>
        <source>A file of it is damaged.</source>
        <translation>有文件已损坏。</translation>
    </message>
    <message>
        <source>A file of it is of a kind that Linnet does not know.</source>
        <translation>有文件的格式是 Linnet 不认识的。</translation>
    </message>
    <message>
        <source>Reading its file could run a program, so it was not read.</source>
        <translation>读取该文件可能会运行程序，因此没有读取。</translation>
    </message>
    <message>
        <source>There is not enough memory.</source>
        <translation>内存不足。</translation>
    </message>
    <message>
        <source>The device that was chosen for it is not there.</source>
        <translation>所选的设备不可用。</translation>
    </message>
    <message>
        <source>The server could not be reached, or did not answer as it should.</source>
        <translation>无法连接服务器，或服务器的应答不合要求。</translation>
    </message>
    <message>
        <source>The server did not answer in time.</source>
        <translation>服务器没有及时应答。</translation>
    </message>
    <message>
        <source>This is a mistake in Linnet.</source>
        <translation>这是 Linnet 的错误。</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1%2</translation>
    </message>
    <message>
        <source>The memory of the graphics card does not suffice, so the model runs on the processor.</source>
        <translation>显存不足，模型改在处理器上运行。</translation>
    </message>
</context>
<context>
    <name>Dialogs</name>
    <message>
        <source>Text and Markdown (*.md *.markdown *.txt *.text)</source>
        <translation>文本和 Markdown (*.md *.markdown *.txt *.text)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Save As</source>
        <translation>另存为</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>未保存的改动</translation>
    </message>
    <message>
        <source>“%1” has changes that are not saved.</source>
        <translation>“%1”有未保存的改动。</translation>
    </message>
    <message>
        <source>If you discard them, they are gone for good.</source>
        <translation>一旦放弃，就无法找回。</translation>
    </message>
    <message>
        <source>Go to Line</source>
        <translation>转到行</translation>
    </message>
    <message>
        <source>Line, 1 to %L1:</source>
        <translation>行号（1 至 %L1）：</translation>
    </message>
    <message>
        <source>Certificate to trust</source>
        <translation>要信任的证书</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer);;All files (*)</source>
        <translation>证书 (*.pem *.crt *.cer);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Choose Pictures</source>
        <translation>选择图片</translation>
    </message>
    <message>
        <source>Pictures (*.jpg *.jpeg *.png *.webp *.tif *.tiff *.bmp *.gif)</source>
        <translation>图片 (*.jpg *.jpeg *.png *.webp *.tif *.tiff *.bmp *.gif)</translation>
    </message>
</context>
<context>
    <name>ModelLibrary</name>
    <message>
        <source>config.json cannot be read</source>
        <translation>config.json 无法读取</translation>
    </message>
    <message>
        <source>only pickle weights (.bin, .pt), which can run code; get the model as safetensors</source>
        <translation>只有 pickle 权重（.bin、.pt），读取时可能运行代码；请获取 safetensors 格式的模型</translation>
    </message>
    <message>
        <source>model.safetensors is missing</source>
        <translation>缺少 model.safetensors</translation>
    </message>
    <message>
        <source>tokenizer.json is missing</source>
        <translation>缺少 tokenizer.json</translation>
    </message>
</context>
<context>
    <name>Pictures</name>
    <message>
        <source>No model that writes captions is installed. Your text is not affected; Settings &gt; Models shows where models belong.</source>
        <translation>没有安装能写配文的模型。您的文字不受影响；“设置 &gt; 模型”中说明了模型应放在哪里。</translation>
    </message>
    <message>
        <source>The model ran out of memory. Close other programs and add the picture again.</source>
        <translation>模型的内存不够了。请关闭其他程序，再添加这张图片。</translation>
    </message>
    <message>
        <source>The file is not there any more.</source>
        <translation>文件已经不在了。</translation>
    </message>
    <message>
        <source>The file cannot be read. Check that you may open it.</source>
        <translation>无法读取文件。请检查您是否有权打开它。</translation>
    </message>
    <message>
        <source>The file is damaged or incomplete.</source>
        <translation>文件已损坏或不完整。</translation>
    </message>
    <message>
        <source>This is no picture that can be read. JPEG, PNG, WebP, TIFF, BMP and GIF can.</source>
        <translation>这不是可以读取的图片。可以读取 JPEG、PNG、WebP、TIFF、BMP 和 GIF。</translation>
    </message>
    <message>
        <source>There is not enough memory for this picture.</source>
        <translation>内存不足以打开这张图片。</translation>
    </message>
    <message>
        <source>The model of captions cannot be used.</source>
        <translation>配文模型无法使用。</translation>
    </message>
    <message>
        <source>The picture is beyond the limits in Settings &gt; Pictures.</source>
        <translation>图片超出了“设置 &gt; 图片”中的限制。</translation>
    </message>
    <message>
        <source>The picture could not be downloaded.</source>
        <translation>无法下载图片。</translation>
    </message>
    <message>
        <source>The picture cannot be captioned.</source>
        <translation>无法为这张图片写配文。</translation>
    </message>
</context>
<context>
    <name>RecoveryNotice</name>
    <message>
        <source>Show the Folder</source>
        <translation>打开所在文件夹</translation>
    </message>
    <message>
        <source>Delete It</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>%1 could not be deleted.</source>
        <translation>无法删除 %1。</translation>
    </message>
    <message>
        <source>A recovery file could not be read, so text that was not saved may be missing. It was kept: %1.</source>
        <translation>有一个恢复文件无法读取，未保存的文字可能缺失。该文件已保留：%1。</translation>
    </message>
</context>
<context>
    <name>RemoteWords</name>
    <message>
        <source>It says: %1</source>
        <translation>它说：%1</translation>
    </message>
    <message>
        <source>The keychain is locked, so “%1” was not asked. Unlock it and test the connection, or type the token for this run.</source>
        <translation>密钥环已锁定，因此没有访问“%1”。请解锁后测试连接，或输入令牌供本次使用。</translation>
    </message>
    <message>
        <source>“%1” does not accept the token (401). It may be missing, mistyped or replaced: enter the one that holds now.</source>
        <translation>“%1”不接受令牌（401）。令牌可能缺失、输错或已更换，请输入现在有效的令牌。</translation>
    </message>
    <message>
        <source>“%1” does not allow this with your token (403). Choose another model, or ask its keeper for access.</source>
        <translation>“%1”不允许用您的令牌这样做（403）。请选择其他模型，或向其管理者申请权限。</translation>
    </message>
    <message>
        <source>“%1” has no such model or service (404). Check the address, test the connection and choose a model that it lists.</source>
        <translation>“%1”没有这个模型或服务（404）。请检查地址，测试连接，并选择它列出的模型。</translation>
    </message>
    <message>
        <source>“%1” has had too many requests (429). Linnet waits and asks again by itself.</source>
        <translation>“%1”收到的请求太多（429）。Linnet 会等候片刻再试。</translation>
    </message>
    <message>
        <source>“%1” is busy or still loading its models (503). Linnet asks again by itself.</source>
        <translation>“%1”正忙或仍在载入模型（503）。Linnet 会自行再试。</translation>
    </message>
    <message>
        <source>“%1” does not understand the request (%2). Remove the extra fields of this server, or choose another model.</source>
        <translation>“%1”不理解这个请求（%2）。请去掉该服务器的附加字段，或选择其他模型。</translation>
    </message>
    <message>
        <source>“%1” failed while it was answering. Linnet asks again by itself; if it stays so, tell its keeper.</source>
        <translation>“%1”在回答时出错。Linnet 会自行再试；若一直如此，请告知其管理者。</translation>
    </message>
    <message>
        <source>“%1” sends requests on to %2. That is not followed, so that your token goes nowhere else: enter that address if you trust it.</source>
        <translation>“%1”把请求转往 %2。为免令牌外泄，Linnet 没有跟随；如果信任它，请直接输入那个地址。</translation>
    </message>
    <message>
        <source>There is no computer with the address of “%1”. Check the address and the network.</source>
        <translation>找不到“%1”的地址所指的计算机。请检查地址和网络。</translation>
    </message>
    <message>
        <source>Nothing answers at the address of “%1”. Check that the server runs, the port and the network.</source>
        <translation>“%1”的地址没有应答。请检查服务器是否在运行，以及端口和网络。</translation>
    </message>
    <message>
        <source>The connection to “%1” broke off. Linnet asks again by itself.</source>
        <translation>与“%1”的连接中断了。Linnet 会自行再试。</translation>
    </message>
    <message>
        <source>“%1” does not answer in time. Linnet asks again by itself; if it stays so, choose a smaller model or another server.</source>
        <translation>“%1”没有及时回答。Linnet 会自行再试；如果总是这样，请选择较小的模型或其他服务器。</translation>
    </message>
    <message>
        <source>“%1” cannot prove who it is, so nothing was sent. If it is your own server, choose its certificate here.</source>
        <translation>“%1”无法证明自己的身份，因此没有发送任何内容。如果这是您自己的服务器，请在此选择它的证书。</translation>
    </message>
    <message>
        <source>The certificate file for “%1” cannot be read. Choose a file with a PEM certificate.</source>
        <translation>无法读取“%1”的证书文件。请选择含 PEM 证书的文件。</translation>
    </message>
    <message>
        <source>The system’s proxy did not let “%1” be reached. Check the proxy settings of the system.</source>
        <translation>系统代理使“%1”无法访问。请检查系统的代理设置。</translation>
    </message>
    <message>
        <source>What answers at the address of “%1” does not speak the API of OpenAI. Check the address: some servers want a path such as /openai.</source>
        <translation>“%1”的地址上应答的程序不支持 OpenAI 接口。请检查地址：有些服务器需要 /openai 之类的路径。</translation>
    </message>
    <message>
        <source>The keychain is asked for the token with the first request.</source>
        <translation>第一次请求时才会向密钥环索取令牌。</translation>
    </message>
    <message>
        <source>Waiting for the keychain; it may be asking you to unlock it.</source>
        <translation>正在等待密钥环，它可能在请您解锁。</translation>
    </message>
    <message>
        <source>No token is known. Servers on your own network often need none.</source>
        <translation>没有令牌。您自己网络里的服务器往往不需要令牌。</translation>
    </message>
    <message>
        <source>The token is used already; the keychain is being asked to keep it.</source>
        <translation>令牌已可使用，正在请密钥环保存。</translation>
    </message>
    <message>
        <source>The token is kept in the system’s keychain and nowhere else.</source>
        <translation>令牌保存在系统的密钥环里，别处都没有。</translation>
    </message>
    <message>
        <source>The keychain is locked, so the token is not known. Unlock it and ask again, or type the token for this run.</source>
        <translation>密钥环已锁定，因此令牌未知。请解锁后再次索取，或输入令牌供本次使用。</translation>
    </message>
    <message>
        <source>This computer has no keychain that works. A token that you type is kept in memory until Linnet is closed, and never in a file.</source>
        <translation>这台计算机没有可用的密钥环。您输入的令牌只在内存中保留到 Linnet 关闭为止，绝不写入文件。</translation>
    </message>
    <message>
        <source>The token is kept in memory until Linnet is closed, and in no file: the keychain did not take it.</source>
        <translation>令牌只在内存中保留到 Linnet 关闭为止，不写入任何文件：密钥环没有收下它。</translation>
    </message>
    <message>
        <source>Enter the address of the server, such as http://localhost:8642.</source>
        <translation>请输入服务器的地址，例如 http://localhost:8642。</translation>
    </message>
    <message>
        <source>This is not an address. It should look like https://studio.example/v1.</source>
        <translation>这不是地址。地址应当像 https://studio.example/v1 这样。</translation>
    </message>
    <message>
        <source>The address must begin with http:// or https://.</source>
        <translation>地址必须以 http:// 或 https:// 开头。</translation>
    </message>
    <message>
        <source>Leave the name and the password out of the address; the token has its own field.</source>
        <translation>地址里不要写用户名和密码，令牌另有输入框。</translation>
    </message>
    <message>
        <source>Leave out what follows “?” or “#”.</source>
        <translation>请去掉“?”或“#”及其后的部分。</translation>
    </message>
    <message>
        <source>New server</source>
        <translation>新服务器</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1%2</translation>
    </message>
</context>
<context>
    <name>VerseWords</name>
    <message>
        <source>“%1”</source>
        <translation>“%1”</translation>
    </message>
    <message>
        <source>There is no form %1. Choose another one.</source>
        <translation>没有%1这种体裁，请另选一种。</translation>
    </message>
    <message>
        <source>The form has no variant %1. Choose another one, or any.</source>
        <translation>此体裁没有%1这一格式，请另选，或选“不限”。</translation>
    </message>
    <message>
        <source>The model knows no style %1. Choose another one, or leave it open.</source>
        <translation>模型不会%1这种风格，请另选，或不作要求。</translation>
    </message>
    <message>
        <source>Line %1 cannot stay as it is: it breaks the form or another wish. Unlock or change it, then compose again.</source>
        <translation>第 %1 句无法保持原样：它不合格律，或与其他要求冲突。请解锁或修改此句，再重新作诗。</translation>
    </message>
    <message>
        <source>A line that is to stay breaks the form or another wish. Unlock or change it, then compose again.</source>
        <translation>要保留的诗句不合格律，或与其他要求冲突。请解锁或修改，再重新作诗。</translation>
    </message>
    <message>
        <source>No line can begin with %1 here. Choose another acrostic.</source>
        <translation>这里没有诗句能以%1开头，请换一个藏头。</translation>
    </message>
    <message>
        <source>The acrostic does not fit this form. Choose a shorter one.</source>
        <translation>藏头与此体裁不合，请缩短一些。</translation>
    </message>
    <message>
        <source>Nothing rhymes on %1 as this form asks. Choose another rhyme.</source>
        <translation>以%1为韵不合此体裁的要求，请换一个韵。</translation>
    </message>
    <message>
        <source>The rhyme does not fit this form. Choose another one.</source>
        <translation>此韵不合体裁的要求，请换一个。</translation>
    </message>
    <message>
        <source>A number is out of range: %1. Change it, then compose again.</source>
        <translation>有数值超出范围：%1。请改正后重新作诗。</translation>
    </message>
    <message>
        <source>Each wish can be met, but not all together. Leave one of them out: a locked line, the acrostic or the rhyme.</source>
        <translation>各项要求可以单独满足，但不能同时满足。请放弃其中一项：锁定的诗句、藏头或韵。</translation>
    </message>
    <message>
        <source>The length is %1; the form asks for %2 to %3.</source>
        <translation>长度为 %1，体裁要求 %2 至 %3。</translation>
    </message>
    <message>
        <source>The length is %1; the form asks for %2.</source>
        <translation>长度为 %1，体裁要求 %2。</translation>
    </message>
    <message>
        <source>Only one level tone is left beside the rhyme (孤平).</source>
        <translation>除韵脚外只剩一个平声（孤平）。</translation>
    </message>
    <message>
        <source>The line ends with three level tones (三平调).</source>
        <translation>句末连用三个平声（三平调）。</translation>
    </message>
    <message>
        <source>The line ends with three oblique tones (三仄尾).</source>
        <translation>句末连用三个仄声（三仄尾）。</translation>
    </message>
    <message>
        <source>%1 occurs more than once (重字).</source>
        <translation>%1重复出现（重字）。</translation>
    </message>
    <message>
        <source>The line uses a licence that custom allows (拗救).</source>
        <translation>此句用了惯例允许的变通（拗救）。</translation>
    </message>
    <message>
        <source>The first line ends with a level tone but does not rhyme.</source>
        <translation>首句以平声收尾，却不入韵。</translation>
    </message>
    <message>
        <source>%1 rhymes by a neighbouring group (邻韵).</source>
        <translation>%1借用了邻韵。</translation>
    </message>
    <message>
        <source>The poem rhymes in an oblique tone (仄韵), as old-style verse may.</source>
        <translation>此诗押仄韵，古体诗可以如此。</translation>
    </message>
    <message>
        <source>%1 is not in the rhyme table; it is taken as fitting.</source>
        <translation>韵书中没有%1，暂按合律处理。</translation>
    </message>
    <message>
        <source>%1 is not in the dictionary; its sound was found from a listed word.</source>
        <translation>词典中没有%1，读音由相近的词推得。</translation>
    </message>
    <message>
        <source>%1 rhymes where the form asks for no rhyme.</source>
        <translation>%1在不应押韵处押了韵。</translation>
    </message>
    <message>
        <source>In this form the stanzas end elsewhere.</source>
        <translation>此体裁的分节不在这里。</translation>
    </message>
    <message>
        <source>level tone (平)</source>
        <translation>平声</translation>
    </message>
    <message>
        <source>oblique tone (仄)</source>
        <translation>仄声</translation>
    </message>
    <message>
        <source>level or oblique, by its reading</source>
        <translation>多音，平仄两读</translation>
    </message>
    <message>
        <source>weak</source>
        <translation>轻</translation>
    </message>
    <message>
        <source>strong</source>
        <translation>重</translation>
    </message>
    <message>
        <source>not in the dictionary</source>
        <translation>词典中没有</translation>
    </message>
    <message>
        <source>%1  %2 × %3</source>
        <translation>%1  %2 × %3</translation>
    </message>
    <message>
        <source>The poem has %1 lines; the form asks for %2.</source>
        <translation>此诗有 %1 句，体裁要求 %2 句。</translation>
    </message>
    <message>
        <source>%1 has the wrong tone for its place.</source>
        <translation>%1的平仄与此处不合。</translation>
    </message>
    <message>
        <source>The tones of this line must oppose those of the line before (失对).</source>
        <translation>此句平仄应与上句相对（失对）。</translation>
    </message>
    <message>
        <source>The tones of this line must follow those of the line before (失粘).</source>
        <translation>此句平仄应与上句相粘（失粘）。</translation>
    </message>
    <message>
        <source>The line ends with the wrong tone: %1.</source>
        <translation>句末声调不合：%1。</translation>
    </message>
    <message>
        <source>The stress of %1 does not fit the metre here.</source>
        <translation>%1的重音与此处的格律不合。</translation>
    </message>
    <message>
        <source>%1 does not rhyme as the form asks (落韵).</source>
        <translation>%1没有按体裁押韵（落韵）。</translation>
    </message>
    <message>
        <source>%1 has been a rhyme before.</source>
        <translation>%1前面已作过韵脚。</translation>
    </message>
    <message>
        <source>%1 sounds the same as the word that it rhymes with.</source>
        <translation>%1与相押的词同音。</translation>
    </message>
    <message>
        <source>%1 is not in the dictionary, so nobody knows how it sounds.</source>
        <translation>词典中没有%1，无从得知读音。</translation>
    </message>
    <message>
        <source>%1 cannot be read as verse.</source>
        <translation>%1无法当作诗句来读。</translation>
    </message>
    <message>
        <source>The line does not begin as the acrostic asks.</source>
        <translation>句首与藏头不符。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Found from a listed word; the dictionary has no such word.</source>
        <translation>词典中没有此词，读音由相近的词推得。</translation>
    </message>
    <message numerus="yes">
        <source>%n character(s)</source>
        <translation>
            <numerusform>%n 字</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n syllable(s)</source>
        <translation>
            <numerusform>%n 个音节</numerusform>
        </translation>
    </message>
    <message>
        <source> · rhyme %1</source>
        <translation> · 韵 %1</translation>
    </message>
    <message>
        <source> · rhyme %1 (%2)</source>
        <translation> · 韵 %1（%2）</translation>
    </message>
    <message>
        <source>en</source>
        <comment>Which of the forms&apos; names to show: en or zh</comment>
        <translation>zh</translation>
    </message>
    <message>
        <source>any</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>Tang</source>
        <translation>唐</translation>
    </message>
    <message>
        <source>Song</source>
        <translation>宋</translation>
    </message>
    <message>
        <source>Yuan</source>
        <translation>元</translation>
    </message>
    <message>
        <source>Ming</source>
        <translation>明</translation>
    </message>
    <message>
        <source>Qing</source>
        <translation>清</translation>
    </message>
    <message>
        <source>the versions</source>
        <translation>稿数</translation>
    </message>
    <message>
        <source>the boldness</source>
        <translation>奔放</translation>
    </message>
    <message>
        <source>the lines</source>
        <translation>句数</translation>
    </message>
    <message>
        <source>This copy of Linnet cannot write traditional characters. Choose simplified ones.</source>
        <translation>这个 Linnet 不能写繁体字，请选择简体。</translation>
    </message>
    <message>
        <source>This cannot be composed.</source>
        <translation>无法作这样的诗。</translation>
    </message>
    <message>
        <source>No model for this form is installed. Your text is not affected; Settings &gt; Models shows where models belong.</source>
        <translation>没有安装适用于此体裁的模型。您的文字不受影响；“设置 &gt; 模型”中说明了模型应放在哪里。</translation>
    </message>
    <message>
        <source>The poem could not be composed. Your text is not affected.</source>
        <translation>诗没有作成，您的文字不受影响。</translation>
    </message>
</context>
<context>
    <name>linnet::desktop::Application</name>
    <message>
        <source>There is no unsaved text to recover.</source>
        <translation>没有需要恢复的文字。</translation>
    </message>
    <message>
        <source>Everything that Linnet knows of was saved or discarded.</source>
        <translation>Linnet 所知的内容都已保存或放弃。</translation>
    </message>
    <message>
        <source>%1 Your text is safe; the models on this computer go on.</source>
        <translation>%1您的文字是安全的，由本机的模型继续工作。</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message numerus="yes">
        <source>Linnet ended before %n text(s) could be saved. Nothing is lost: look at what there is, and restore what you want to keep.</source>
        <translation>
            <numerusform>Linnet 上次退出时，有 %n 篇文字尚未保存。什么都没有丢失：请查看，并恢复您想保留的内容。</numerusform>
        </translation>
    </message>
    <message>
        <source>Show…</source>
        <translation>查看…</translation>
    </message>
    <message>
        <source>Spelling cannot be checked as it should be.</source>
        <translation>拼写检查无法正常工作。</translation>
    </message>
</context>
<context>
    <name>linnet::services::LocalSuggestionSource</name>
    <message>
        <source>No model is installed. Add one in Settings, Models.</source>
        <translation>尚未安装模型，请在“设置”的“模型”中添加。</translation>
    </message>
    <message>
        <source>Linnet ended while it was loading this model last time, so it is not loaded now; your text is safe. Try again, or choose another model or device, in Settings, Models.</source>
        <translation>上次 Linnet 在加载此模型时意外退出，因此这次没有加载；您的文字是安全的。请在“设置”的“模型”中重试，或另选模型或设备。</translation>
    </message>
    <message>
        <source>Unloaded while nobody wrote; the next word loads it again.</source>
        <translation>久未书写，模型已卸下；再写时会自动加载。</translation>
    </message>
</context>
<context>
    <name>linnet::services::SpellChecker</name>
    <message>
        <source>The word could not be written to %1: %2.</source>
        <translation>无法把该词写入 %1：%2。</translation>
    </message>
</context>
<context>
    <name>linnet::ui::AboutDialog</name>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>About Linnet</source>
        <translation>关于 Linnet</translation>
    </message>
    <message>
        <source>&lt;p style=&apos;font-size:large&apos;&gt;&lt;b&gt;Linnet %1&lt;/b&gt;&lt;/p&gt;&lt;p&gt;A writing desk for prose and verse that thinks on your own computer. What you write stays here.&lt;/p&gt;</source>
        <translation>&lt;p style=&apos;font-size:large&apos;&gt;&lt;b&gt;Linnet %1&lt;/b&gt;&lt;/p&gt;&lt;p&gt;一张写散文也写诗的书桌，只在您自己的电脑上思考。您写的一切都留在这里。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>There is no model on this computer yet.</source>
        <translation>这台电脑上还没有模型。</translation>
    </message>
    <message>
        <source>&lt;p&gt;&lt;b&gt;%1&lt;/b&gt;&lt;/p&gt;</source>
        <translation>&lt;p&gt;&lt;b&gt;%1&lt;/b&gt;&lt;/p&gt;</translation>
    </message>
    <message>
        <source>&lt;p&gt;It has no card that says where it comes from.&lt;/p&gt;</source>
        <translation>&lt;p&gt;它没有附带说明来历的卡片。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>About the model</source>
        <translation>关于模型</translation>
    </message>
</context>
<context>
    <name>linnet::ui::AppearancePage</name>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>字体</translation>
    </message>
    <message>
        <source>Text font</source>
        <translation>正文字体</translation>
    </message>
    <message>
        <source>The system’s serif</source>
        <translation>系统衬线字体</translation>
    </message>
    <message>
        <source>Chinese font</source>
        <translation>中文字体</translation>
    </message>
    <message>
        <source>Song, as installed</source>
        <translation>已安装的宋体</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>字号</translation>
    </message>
    <message>
        <source> pt</source>
        <translation> 磅</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Show the status bar</source>
        <translation>显示状态栏</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Menus and messages</source>
        <translation>菜单和消息</translation>
    </message>
    <message>
        <source>Another language is used when Linnet is started the next time.</source>
        <translation>更改语言后，下次启动 Linnet 时生效。</translation>
    </message>
</context>
<context>
    <name>linnet::ui::DocumentSession</name>
    <message>
        <source>Save As…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>%1 may not be written. You can change the text here and save it under another name.</source>
        <translation>%1 不可写入。您可以在此修改，再以其他名称保存。</translation>
    </message>
    <message>
        <source>%1 is not UTF-8; it was read as %2. If characters look wrong, choose another encoding in the status bar.</source>
        <translation>%1 不是 UTF-8，已按 %2 读取。若文字显示不正确，请在状态栏另选编码。</translation>
    </message>
    <message>
        <source>%1 could not be opened.</source>
        <translation>无法打开 %1。</translation>
    </message>
    <message>
        <source>%1 is still being saved. Try again when it is on disk.</source>
        <translation>%1 仍在保存，请待写入磁盘后再试。</translation>
    </message>
    <message>
        <source>%1 cannot be read as %2.</source>
        <translation>%1 无法按 %2 读取。</translation>
    </message>
    <message>
        <source>The text in the window is as it was. %1</source>
        <translation>窗口中的文字保持不变。%1</translation>
    </message>
    <message>
        <source>Reload %1 and lose the changes made here?</source>
        <translation>重新载入 %1 并放弃此处的改动吗？</translation>
    </message>
    <message>
        <source>The version on disk takes the place of the text in this window.</source>
        <translation>磁盘上的版本将取代此窗口中的文字。</translation>
    </message>
    <message>
        <source>Reload</source>
        <translation>重新载入</translation>
    </message>
    <message>
        <source>%1 was not saved: %2 lacks %3. The text is safe here. UTF-8 can hold every character.</source>
        <translation>%1 未保存：%2 不含%3。文字仍安全地留在这里。UTF-8 可容纳所有字符。</translation>
    </message>
    <message>
        <source>a character</source>
        <translation>某个字符</translation>
    </message>
    <message>
        <source>Save as UTF-8</source>
        <translation>存为 UTF-8</translation>
    </message>
    <message>
        <source>%1 was not saved: another program has changed it since. The text here is safe; overwriting replaces what the other program wrote.</source>
        <translation>%1 未保存：其他程序已修改该文件。此处的文字是安全的；若覆盖，将取代其他程序写入的内容。</translation>
    </message>
    <message>
        <source>Overwrite</source>
        <translation>覆盖</translation>
    </message>
    <message>
        <source>%1 was not saved. The text is safe here. %2</source>
        <translation>%1 未保存，文字仍安全地留在这里。%2</translation>
    </message>
    <message>
        <source>Try Again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>%1 is being saved; the window closes when it is safely on disk.</source>
        <translation>正在保存 %1；安全写入磁盘后窗口即关闭。</translation>
    </message>
    <message>
        <source>%1 was moved or removed by another program. The text is safe here; save it to write the file again.</source>
        <translation>%1 已被其他程序移动或删除。文字仍安全地留在这里；保存即可重新写入文件。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>%1 was changed by another program. The text here is as you left it.</source>
        <translation>%1 已被其他程序修改。此处的文字保持您离开时的样子。</translation>
    </message>
    <message>
        <source>Reload from Disk</source>
        <translation>从磁盘重新载入</translation>
    </message>
    <message>
        <source>Keep Mine</source>
        <translation>保留我的</translation>
    </message>
    <message>
        <source>%1 was not read again, because you went on writing. The text here is as you left it.</source>
        <translation>没有重新读取 %1，因为您还在写。这里的文字保持原样。</translation>
    </message>
    <message>
        <source>%1 is not shown here, because you began to write meanwhile.</source>
        <translation>没有在这里显示 %1，因为您已经开始写了。</translation>
    </message>
    <message>
        <source>Open in Another Window</source>
        <translation>在另一个窗口中打开</translation>
    </message>
    <message>
        <source>It is not there any more.</source>
        <translation>它已经不在了。</translation>
    </message>
    <message>
        <source>The disk refused: there may be no room, or you may not read or write there.</source>
        <translation>磁盘拒绝了：可能空间不足，或您无权读写。</translation>
    </message>
    <message>
        <source>It is not text that Linnet can read.</source>
        <translation>它不是 Linnet 能读的文本。</translation>
    </message>
    <message>
        <source>It is too large, or not a file that can be edited.</source>
        <translation>它太大，或不是可以编辑的文件。</translation>
    </message>
    <message>
        <source>Something went wrong.</source>
        <translation>出了问题。</translation>
    </message>
    <message>
        <source>Your latest changes cannot be kept safe against a crash. They are still here; save the document to a disk with room.</source>
        <translation>最近的改动无法防备崩溃。文字仍在这里，请把文档保存到有空间的磁盘。</translation>
    </message>
</context>
<context>
    <name>linnet::ui::DropArea</name>
    <message>
        <source>Drop pictures here, or paste</source>
        <translation>把图片拖到这里，或粘贴</translation>
    </message>
    <message>
        <source>Choose Pictures…</source>
        <translation>选择图片…</translation>
    </message>
</context>
<context>
    <name>linnet::ui::Editor</name>
    <message>
        <source>Text</source>
        <translation>正文</translation>
    </message>
</context>
<context>
    <name>linnet::ui::FindBar</name>
    <message>
        <source>Find and replace</source>
        <translation>查找和替换</translation>
    </message>
    <message>
        <source>&amp;Find</source>
        <translation>查找(&amp;F)</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Aa</source>
        <translation>Aa</translation>
    </message>
    <message>
        <source>Match upper and lower case</source>
        <translation>区分大小写</translation>
    </message>
    <message>
        <source>Word</source>
        <translation>词</translation>
    </message>
    <message>
        <source>Whole words only</source>
        <translation>仅匹配整词</translation>
    </message>
    <message>
        <source>.*</source>
        <translation>.*</translation>
    </message>
    <message>
        <source>Regular expression</source>
        <translation>正则表达式</translation>
    </message>
    <message>
        <source>Previous match</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Next match</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Re&amp;place</source>
        <translation>替换(&amp;P)</translation>
    </message>
    <message>
        <source>Replace with</source>
        <translation>替换为</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>Replace All</source>
        <translation>全部替换</translation>
    </message>
    <message>
        <source>Not a pattern: %1</source>
        <translation>表达式有误：%1</translation>
    </message>
    <message>
        <source>No matches</source>
        <translation>没有匹配</translation>
    </message>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n 处匹配</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n replaced</source>
        <translation>
            <numerusform>已替换 %n 处</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>linnet::ui::KeyCapture</name>
    <message>
        <source>New keys</source>
        <translation>新按键</translation>
    </message>
    <message>
        <source>Press the new keys for “%1”.</source>
        <translation>请按下“%1”的新按键。</translation>
    </message>
</context>
<context>
    <name>linnet::ui::KeysPage</name>
    <message>
        <source>Commands and their keys</source>
        <translation>命令及其按键</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>更改…</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>All Defaults</source>
        <translation>全部恢复默认</translation>
    </message>
    <message>
        <source>%1 belonged to “%2”, which has lost it.</source>
        <translation>%1 原属“%2”，现已从中移除。</translation>
    </message>
</context>
<context>
    <name>linnet::ui::MainWindow</name>
    <message>
        <source>saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>not saved yet</source>
        <translation>尚未保存</translation>
    </message>
    <message>
        <source>new</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>This text has no file yet, but it would survive a crash. Click to save it.</source>
        <translation>这篇文字还没有文件，但即使程序崩溃也不会丢失。点击保存。</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>已修改</translation>
    </message>
    <message>
        <source>saved</source>
        <translation>已保存</translation>
    </message>
    <message>
        <source>%1
The latest changes are not in the file yet, but they would survive a crash. Click to save.</source>
        <translation>%1
最近的改动尚未写入文件，但即使程序崩溃也不会丢失。点击保存。</translation>
    </message>
    <message>
        <source>%1
Everything is on disk.</source>
        <translation>%1
全部内容均已写入磁盘。</translation>
    </message>
    <message>
        <source>Suggested words: %1</source>
        <translation>联想词：%1</translation>
    </message>
    <message>
        <source>Suggestion: %1</source>
        <translation>联想：%1</translation>
    </message>
    <message>
        <source>&amp;Tools</source>
        <translation>工具(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>Open &amp;Recent</source>
        <translation>最近打开(&amp;R)</translation>
    </message>
    <message>
        <source>%1 in %2</source>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>暂无</translation>
    </message>
    <message>
        <source>Forget These</source>
        <translation>清除记录</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>Ve&amp;rse</source>
        <translation>诗(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Form to Mark By</source>
        <translation>标注所依体裁(&amp;F)</translation>
    </message>
    <message>
        <source>Write the file as</source>
        <translation>文件写入编码</translation>
    </message>
    <message>
        <source>Read the file again as</source>
        <translation>按此编码重新读取</translation>
    </message>
    <message>
        <source>Read %1 again and lose the changes made here?</source>
        <translation>重新读取 %1 并放弃此处的改动吗？</translation>
    </message>
    <message>
        <source>The file&apos;s own text takes the place of the text in this window.</source>
        <translation>文件中的文字将取代此窗口中的文字。</translation>
    </message>
    <message>
        <source>Read Again</source>
        <translation>重新读取</translation>
    </message>
    <message>
        <source>%1[*] — Linnet</source>
        <translation>%1[*] — Linnet</translation>
    </message>
    <message>
        <source>&amp;Pictures</source>
        <translation>图片(&amp;P)</translation>
    </message>
    <message>
        <source>opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>Verse cannot be marked or checked. Your text is not affected.</source>
        <translation>无法标注或检查格律，您的文字不受影响。</translation>
    </message>
</context>
<context>
    <name>linnet::ui::MessageBar</name>
    <message>
        <source>Close this notice</source>
        <translation>关闭此通知</translation>
    </message>
</context>
<context>
    <name>linnet::ui::ModelsPage</name>
    <message>
        <source>Model for prose</source>
        <translation>散文模型</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Load Again</source>
        <translation>重新加载</translation>
    </message>
    <message>
        <source>Open the Folder for Models</source>
        <translation>打开模型文件夹</translation>
    </message>
    <message>
        <source>How it runs</source>
        <translation>运行方式</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Graphics card if there is one</source>
        <translation>有显卡则用显卡</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>Graphics card (CUDA)</source>
        <translation>显卡（CUDA）</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>8-bit integers (least memory)</source>
        <translation>8 位整数（最省内存）</translation>
    </message>
    <message>
        <source>16-bit floating point</source>
        <translation>16 位浮点</translation>
    </message>
    <message>
        <source>16-bit brain floating point</source>
        <translation>16 位 bfloat 浮点</translation>
    </message>
    <message>
        <source>32-bit floating point (exact)</source>
        <translation>32 位浮点（精确）</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>all but one core</source>
        <translation>留一个核心，其余全用</translation>
    </message>
    <message>
        <source>Free its memory after</source>
        <translation>释放内存</translation>
    </message>
    <message>
        <source> idle minutes</source>
        <translation> 分钟未用之后</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>The best there is for English</source>
        <translation>现有最佳的英文模型</translation>
    </message>
    <message>
        <source>%1 (cannot be used)</source>
        <translation>%1（不可用）</translation>
    </message>
    <message>
        <source>%1 (not found)</source>
        <translation>%1（未找到）</translation>
    </message>
    <message>
        <source>There is no model here yet. Put a model’s folder (config.json, model.safetensors, tokenizer.json) into the folder for models.</source>
        <translation>这里还没有模型。请把模型的文件夹（config.json、model.safetensors、tokenizer.json）放进模型文件夹。</translation>
    </message>
    <message>
        <source>%1 cannot be used. %2</source>
        <translation>%1 不可用。%2</translation>
    </message>
    <message>
        <source>not stated</source>
        <translation>未注明</translation>
    </message>
    <message>
        <source>%1 · licence: %2</source>
        <translation>%1 · 许可：%2</translation>
    </message>
    <message>
        <source>The model is not in memory at the moment.</source>
        <translation>模型目前不在内存中。</translation>
    </message>
    <message>
        <source>The model is loading.</source>
        <translation>模型正在加载。</translation>
    </message>
    <message>
        <source>The model is ready.</source>
        <translation>模型已就绪。</translation>
    </message>
    <message>
        <source>The model is ready, on %1 with weights of type %2.</source>
        <translation>模型已就绪，运行于 %1，权重类型为 %2。</translation>
    </message>
    <message>
        <source>The model could not be loaded. Your text is not affected. Choose another model, or try again.</source>
        <translation>模型无法加载，您的文字不受影响。请另选模型，或重试。</translation>
    </message>
    <message>
        <source>Further folders with models</source>
        <translation>其他模型文件夹</translation>
    </message>
    <message>
        <source>Add a Folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>Remove from the List</source>
        <translation>从列表移除</translation>
    </message>
    <message>
        <source>Folder with models</source>
        <translation>模型文件夹</translation>
    </message>
</context>
<context>
    <name>linnet::ui::PictureBatch</name>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message numerus="yes">
        <source>%1 · about %n minute(s) left</source>
        <translation>
            <numerusform>%1 · 大约还需 %n 分钟</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 · about %n second(s) left</source>
        <translation>
            <numerusform>%1 · 大约还需 %n 秒</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>linnet::ui::PictureCard</name>
    <message>
        <source>Take the picture off the list; its file stays.</source>
        <translation>从列表中移去这张图片；文件保留。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Choose caption %1</source>
        <translation>选择配文 %1</translation>
    </message>
    <message>
        <source>Caption %1</source>
        <translation>配文 %1</translation>
    </message>
    <message>
        <source>Insert</source>
        <translation>插入</translation>
    </message>
    <message>
        <source>Put the caption into the text where the caret is.</source>
        <translation>把配文插入光标所在处。</translation>
    </message>
    <message>
        <source>As Markdown</source>
        <translation>作为 Markdown</translation>
    </message>
    <message>
        <source>Put the picture into the text as a Markdown image that has the caption as its description.</source>
        <translation>把图片作为 Markdown 图片插入文中，以配文作为说明。</translation>
    </message>
    <message>
        <source>Poem from This</source>
        <translation>以此作诗</translation>
    </message>
    <message>
        <source>Take the caption as the theme of a poem.</source>
        <translation>以配文为题作诗。</translation>
    </message>
    <message>
        <source>Picture %1: %2</source>
        <translation>图片 %1：%2</translation>
    </message>
    <message>
        <source>A pasted picture has no file that the text could refer to.</source>
        <translation>粘贴的图片没有可供文中引用的文件。</translation>
    </message>
    <message>
        <source>Waiting…</source>
        <translation>等待中…</translation>
    </message>
    <message>
        <source>Looking at the picture…</source>
        <translation>正在看图…</translation>
    </message>
</context>
<context>
    <name>linnet::ui::PictureExport</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Write the captions into files.</source>
        <translation>把配文写入文件。</translation>
    </message>
    <message>
        <source>As a Table (TSV)…</source>
        <translation>导出为表格（TSV）…</translation>
    </message>
    <message>
        <source>As JSON…</source>
        <translation>导出为 JSON…</translation>
    </message>
    <message>
        <source>As a Text File Beside Each Picture</source>
        <translation>在每张图片旁写一个文本文件</translation>
    </message>
    <message>
        <source>The captions are in %1.</source>
        <translation>配文已写入 %1。</translation>
    </message>
    <message numerus="yes">
        <source>Replace %n text file(s)?</source>
        <translation>
            <numerusform>替换 %n 个文本文件？</numerusform>
        </translation>
    </message>
    <message>
        <source>Pictures on the list have text files of their names already.</source>
        <translation>列表中的图片已有同名的文本文件。</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>替换</translation>
    </message>
    <message numerus="yes">
        <source>%n text file(s) written.</source>
        <translation>
            <numerusform>已写入 %n 个文本文件。</numerusform>
        </translation>
    </message>
    <message>
        <source>The captions could not be written.</source>
        <translation>无法写入配文。</translation>
    </message>
</context>
<context>
    <name>linnet::ui::PicturesDesk</name>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
</context>
<context>
    <name>linnet::ui::PicturesPage</name>
    <message>
        <source>Captions in</source>
        <translation>配文语言</translation>
    </message>
    <message>
        <source>the language of the program</source>
        <translation>与界面相同</translation>
    </message>
    <message>
        <source>English</source>
        <translation>英文</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>both</source>
        <translation>两者都要</translation>
    </message>
    <message>
        <source>the best that is installed</source>
        <translation>已安装的最佳模型</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>What is read</source>
        <translation>读取范围</translation>
    </message>
    <message>
        <source>Files up to</source>
        <translation>文件不超过</translation>
    </message>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message>
        <source>Pictures up to</source>
        <translation>图片不超过</translation>
    </message>
    <message>
        <source> megapixels</source>
        <translation> 百万像素</translation>
    </message>
    <message>
        <source>Larger pictures are refused before they are opened, so that no file can fill the memory.</source>
        <translation>更大的图片在打开之前就会被拒绝，因此没有文件能占满内存。</translation>
    </message>
    <message>
        <source>Captions are written on this computer; no picture leaves it. A picture that you drag from a web page is downloaded only after you have agreed.</source>
        <translation>配文在这台电脑上写成，图片不会离开它。从网页拖来的图片，在您同意之后才会下载。</translation>
    </message>
</context>
<context>
    <name>linnet::ui::PicturesPanel</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Take all pictures off the list; their files stay.</source>
        <translation>从列表中移去所有图片；文件保留。</translation>
    </message>
    <message>
        <source>Pasted picture</source>
        <translation>粘贴的图片</translation>
    </message>
    <message>
        <source>Caption the Pictures in a Folder</source>
        <translation>为文件夹中的图片写配文</translation>
    </message>
    <message>
        <source>There are no pictures in this folder that can be read: JPEG, PNG, WebP, TIFF, BMP and GIF can.</source>
        <translation>这个文件夹里没有可以读取的图片：可以读取 JPEG、PNG、WebP、TIFF、BMP 和 GIF。</translation>
    </message>
    <message numerus="yes">
        <source>The folder holds more pictures than can be shown at once; these are the first %n.</source>
        <translation>
            <numerusform>文件夹里的图片太多，无法一次显示；这是前 %n 张。</numerusform>
        </translation>
    </message>
    <message>
        <source>Downloading from %1…</source>
        <translation>正在从 %1 下载…</translation>
    </message>
    <message>
        <source>Looking for pictures…</source>
        <translation>正在查找图片…</translation>
    </message>
    <message>
        <source>The model is loading…</source>
        <translation>模型正在加载…</translation>
    </message>
    <message>
        <source>There is no picture on the clipboard.</source>
        <translation>剪贴板上没有图片。</translation>
    </message>
    <message>
        <source>What was dropped is no picture.</source>
        <translation>拖来的不是图片。</translation>
    </message>
</context>
<context>
    <name>linnet::ui::PoemCard</name>
    <message>
        <source>Version %1</source>
        <translation>第 %1 稿</translation>
    </message>
    <message>
        <source>Insert</source>
        <translation>插入</translation>
    </message>
    <message>
        <source>Put the poem into the text where the caret is.</source>
        <translation>把诗插入正文的光标处。</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Again</source>
        <translation>重作</translation>
    </message>
    <message>
        <source>Compose the lines that are not kept once more.</source>
        <translation>重作未锁定的诗句。</translation>
    </message>
    <message>
        <source>Seed %1</source>
        <translation>种子 %1</translation>
    </message>
    <message>
        <source>Line %1: %2</source>
        <translation>第 %1 句：%2</translation>
    </message>
    <message>
        <source>The poem was checked and has its form.</source>
        <translation>已检查，合乎体裁。</translation>
    </message>
</context>
<context>
    <name>linnet::ui::PoemForm</name>
    <message>
        <source>Form</source>
        <translation>体裁</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>题材</translation>
    </message>
    <message>
        <source>What it is about</source>
        <translation>写什么</translation>
    </message>
    <message>
        <source>Style, rhyme, acrostic</source>
        <translation>风格、韵、藏头</translation>
    </message>
    <message>
        <source>Style</source>
        <translation>风格</translation>
    </message>
    <message>
        <source>Variant</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Rhyme</source>
        <translation>韵</translation>
    </message>
    <message>
        <source>Acrostic</source>
        <translation>藏头</translation>
    </message>
    <message>
        <source>The lines begin with it</source>
        <translation>各句以此开头</translation>
    </message>
    <message>
        <source>One letter or character for each line, from the first on.</source>
        <translation>从首句起，每句一个字或一个字母。</translation>
    </message>
    <message>
        <source>First line</source>
        <translation>首句</translation>
    </message>
    <message>
        <source>Kept as it is</source>
        <translation>保持原样</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>诗题</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>用词</translation>
    </message>
    <message>
        <source>moon, harbour</source>
        <translation>明月，归舟</translation>
    </message>
    <message>
        <source>Words that are to occur, where the form lets them.</source>
        <translation>体裁允许时，诗中会用到这些词。</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>稿数</translation>
    </message>
    <message>
        <source>Boldness</source>
        <translation>奔放</translation>
    </message>
    <message>
        <source>The temperature of the model: under 1 it keeps to what is usual, above 1 it dares more.</source>
        <translation>模型的温度：低于 1 较为平稳，高于 1 更为大胆。</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>The same seed and the same wishes give the same poem.</source>
        <translation>种子与要求相同，诗也相同。</translation>
    </message>
    <message>
        <source>another each time</source>
        <translation>每次不同</translation>
    </message>
    <message>
        <source>Traditional characters</source>
        <translation>繁体字</translation>
    </message>
    <message>
        <source>any</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>A group, or a character</source>
        <translation>韵部，或一个字</translation>
    </message>
    <message>
        <source>A word to rhyme with</source>
        <translation>要押韵的词</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>句数</translation>
    </message>
    <message>
        <source>How long the poem is to be, where the form leaves that open.</source>
        <translation>体裁不限句数时，诗有多少句。</translation>
    </message>
    <message>
        <source>as usual</source>
        <translation>照常</translation>
    </message>
</context>
<context>
    <name>linnet::ui::PoemLineRow</name>
    <message>
        <source>This whole line stands in the texts that the model learned from.</source>
        <translation>整句见于模型学习过的作品。</translation>
    </message>
    <message>
        <source>Another line in this place</source>
        <translation>此处换一句</translation>
    </message>
    <message>
        <source>Another line %1</source>
        <translation>第 %1 句换一句</translation>
    </message>
    <message>
        <source>The line has its form.</source>
        <translation>此句合乎格律。</translation>
    </message>
    <message>
        <source>The line stays. Click to let it go.</source>
        <translation>此句已锁定，点击解锁。</translation>
    </message>
    <message>
        <source>Keep this line when the others are composed again.</source>
        <translation>重作其他诗句时保留此句。</translation>
    </message>
    <message>
        <source>Keep line %1</source>
        <translation>保留第 %1 句</translation>
    </message>
</context>
<context>
    <name>linnet::ui::PoemPanel</name>
    <message>
        <source>Compose</source>
        <translation>作诗</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Another window began to compose. Compose again when it has finished.</source>
        <translation>另一个窗口已开始作诗，请待其完成后再作。</translation>
    </message>
    <message>
        <source>The model is loading…</source>
        <translation>模型正在加载…</translation>
    </message>
    <message>
        <source>The model for this form cannot be used. Your text is not affected.</source>
        <translation>此体裁的模型无法使用，您的文字不受影响。</translation>
    </message>
</context>
<context>
    <name>linnet::ui::RecoveryDialog</name>
    <message>
        <source>Recover unsaved text</source>
        <translation>恢复未保存的文字</translation>
    </message>
    <message>
        <source>Linnet ended before these texts were saved. Nothing is lost: look at each and restore what you want to keep.</source>
        <translation>Linnet 退出时这些文字尚未保存。什么都没有丢失：请逐一查看，恢复您想保留的内容。</translation>
    </message>
    <message>
        <source>Texts that can be recovered</source>
        <translation>可恢复的文字</translation>
    </message>
    <message>
        <source>Recovered text and its differences</source>
        <translation>恢复的文字及其差异</translation>
    </message>
    <message>
        <source>Show the Whole Text</source>
        <translation>显示全文</translation>
    </message>
    <message>
        <source>%1
%2</source>
        <translation>%1
%2</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>Asks again at the next start.</source>
        <translation>下次启动时再询问。</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>This text never had a file.</source>
        <translation>这篇文字从未有过文件。</translation>
    </message>
    <message>
        <source>%1 is as it was last saved; marked below is what was written since.</source>
        <translation>%1 仍是上次保存时的样子；下方标出了此后写下的内容。</translation>
    </message>
    <message>
        <source>%1 was changed by another program meanwhile; below, it is compared with the file as it is now.</source>
        <translation>%1 其间已被其他程序修改；下方与文件现状作了对比。</translation>
    </message>
    <message>
        <source>%1 is not there any more; the recovered text is all there is.</source>
        <translation>%1 已不存在；恢复的文字就是全部内容。</translation>
    </message>
    <message>
        <source>The last moment before the crash may be missing.</source>
        <translation>崩溃前最后一刻的内容可能缺失。</translation>
    </message>
    <message>
        <source>It could not be removed and will be offered again.</source>
        <translation>无法移除，下次仍会提供。</translation>
    </message>
</context>
<context>
    <name>linnet::ui::RemotePage</name>
    <message>
        <source>Where suggestions, poems and captions are made</source>
        <translation>联想、诗和配文在哪里生成</translation>
    </message>
    <message>
        <source>Make them</source>
        <translation>生成于</translation>
    </message>
    <message>
        <source>only on this computer</source>
        <translation>只在这台计算机上</translation>
    </message>
    <message>
        <source>on a server where no model here fits</source>
        <translation>本机没有合适的模型时用服务器</translation>
    </message>
    <message>
        <source>on a server when one answers, else here</source>
        <translation>服务器能应答时用服务器，否则在本机</translation>
    </message>
    <message>
        <source>On this computer only, nothing is sent and no connection is opened. Otherwise the text before the caret, what you ask of a poem, or a picture goes to the first server below that is used for it; the status bar then shows its name.</source>
        <translation>只在这台计算机上时，不发送任何内容，也不打开任何连接。否则，光标前的文字、对诗的要求或图片会发给下面第一台用于此事的服务器，状态栏会显示它的名称。</translation>
    </message>
    <message>
        <source>Servers</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Add a Server</source>
        <translation>添加服务器</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Ask Earlier</source>
        <translation>优先询问</translation>
    </message>
    <message>
        <source>Remove the server “%1”?</source>
        <translation>移除服务器“%1”？</translation>
    </message>
    <message>
        <source>Its token is removed from the keychain too.</source>
        <translation>它的令牌也会从密钥环中删除。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
</context>
<context>
    <name>linnet::ui::RemoteServerForm</name>
    <message>
        <source>Test Connection</source>
        <translation>测试连接</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Test the connection to choose one</source>
        <translation>测试连接后选择</translation>
    </message>
    <message>
        <source>suggestions</source>
        <translation>联想</translation>
    </message>
    <message>
        <source>poems</source>
        <translation>诗</translation>
    </message>
    <message>
        <source>captions</source>
        <translation>配文</translation>
    </message>
    <message>
        <source>Used for</source>
        <translation>用于</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>Typed here, it goes to the keychain</source>
        <translation>在此输入，即存入密钥环</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Ask the Keychain Again</source>
        <translation>再问密钥环</translation>
    </message>
    <message>
        <source>Forget the Token</source>
        <translation>忘掉令牌</translation>
    </message>
    <message>
        <source>Certificate file to trust</source>
        <translation>要信任的证书文件</translation>
    </message>
    <message>
        <source>Only those of the system</source>
        <translation>只信任系统的证书</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Trust also</source>
        <translation>另信任</translation>
    </message>
    <message>
        <source>It tells how probable its words are (logprobs)</source>
        <translation>它给出用词的概率（logprobs）</translation>
    </message>
    <message>
        <source>Then its text is shown by the same measure as that of the models here; otherwise only where a model here agrees with it.</source>
        <translation>这样，它的文字与本机模型用同一尺度决定是否显示；否则只在本机模型与它一致时显示。</translation>
    </message>
    <message>
        <source>Extra fields of requests</source>
        <translation>请求的附加字段</translation>
    </message>
    <message>
        <source>Extra fields</source>
        <translation>附加字段</translation>
    </message>
    <message>
        <source>These fields are not used: %1. They must be a JSON object.</source>
        <translation>这些字段未被采用：%1。它们必须是一个 JSON 对象。</translation>
    </message>
    <message>
        <source>Enter the address first: a token belongs to one server.</source>
        <translation>请先输入地址：令牌只属于一台服务器。</translation>
    </message>
    <message>
        <source>This is not a token: it may have letters, digits and signs, but no spaces.</source>
        <translation>这不是令牌：令牌可含字母、数字和符号，但不能有空格。</translation>
    </message>
    <message>
        <source>The connection is not encrypted: others on the network could read your text and the token. Prefer https.</source>
        <translation>连接未加密：网络上的其他人可能读到您的文字和令牌。最好使用 https。</translation>
    </message>
    <message>
        <source>Another address: a token kept for the old one is removed from the keychain. Enter the token of this server, if it wants one.</source>
        <translation>地址已更换：为旧地址保存的令牌已从密钥环中删除。如果此服务器需要令牌，请输入。</translation>
    </message>
    <message>
        <source>Asking “%1”…</source>
        <translation>正在询问“%1”…</translation>
    </message>
    <message>
        <source>“%1” answers after %2 ms.</source>
        <translation>“%1”在 %2 毫秒后应答。</translation>
    </message>
    <message>
        <source>It lists no models.</source>
        <translation>它没有列出模型。</translation>
    </message>
    <message>
        <source>It does not list the model “%1”: choose another.</source>
        <translation>它没有列出模型“%1”，请另选一个。</translation>
    </message>
    <message numerus="yes">
        <source>%n model(s) to choose from.</source>
        <translation>
            <numerusform>有 %n 个模型可选。</numerusform>
        </translation>
    </message>
    <message>
        <source>“%1” lists its models. Asking it for a word…</source>
        <translation>“%1”列出了模型。正在请它写一个词…</translation>
    </message>
    <message>
        <source>“%1” lists its models to anyone, but does not accept this token: it is wrong or was replaced. Enter the right one.</source>
        <translation>“%1”向任何人列出模型，但不接受这个令牌：令牌有误或已更换。请输入正确的令牌。</translation>
    </message>
    <message>
        <source>“%1” lists its models to anyone, but writes only for those with a token. Enter yours.</source>
        <translation>“%1”向任何人列出模型，但只为持有令牌的人写作。请输入您的令牌。</translation>
    </message>
</context>
<context>
    <name>linnet::ui::RhymeFinder</name>
    <message>
        <source>Rhymes</source>
        <translation>韵</translation>
    </message>
    <message>
        <source>Word to rhyme with</source>
        <translation>要押韵的词</translation>
    </message>
    <message>
        <source>Enter puts the chosen word in the place of “%1”.</source>
        <translation>按回车，用所选的词替换“%1”。</translation>
    </message>
    <message>
        <source>Enter puts the chosen word in at the caret.</source>
        <translation>按回车，把所选的词插入光标处。</translation>
    </message>
    <message>
        <source>Perfect</source>
        <translation>全韵</translation>
    </message>
    <message>
        <source>Slant</source>
        <translation>斜韵</translation>
    </message>
    <message>
        <source>Family</source>
        <translation>近韵</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>No rhyme is known.</source>
        <translation>没有找到押韵的字词。</translation>
    </message>
    <message>
        <source>%1, neighbouring</source>
        <translation>%1（邻韵）</translation>
    </message>
    <message>
        <source>Level tone</source>
        <translation>平声字</translation>
    </message>
    <message>
        <source>Oblique tone</source>
        <translation>仄声字</translation>
    </message>
    <message>
        <source>Several words</source>
        <translation>多词韵</translation>
    </message>
</context>
<context>
    <name>linnet::ui::SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Pages of settings</source>
        <translation>设置页</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>写作</translation>
    </message>
    <message>
        <source>Suggestions</source>
        <translation>联想</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Remote</source>
        <translation>远程</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Verse</source>
        <translation>诗</translation>
    </message>
</context>
<context>
    <name>linnet::ui::ShortcutSheet</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Tab indents when nothing is suggested. Suggestions take their keys only while they show something.</source>
        <translation>没有联想时，Tab 用于缩进。只有显示联想时，联想才占用按键。</translation>
    </message>
    <message>
        <source>Change Keys…</source>
        <translation>更改按键…</translation>
    </message>
</context>
<context>
    <name>linnet::ui::SpellMarks</name>
    <message>
        <source>Add “%1” to the Dictionary</source>
        <translation>把“%1”加入词典</translation>
    </message>
    <message>
        <source>Ignore</source>
        <translation>忽略</translation>
    </message>
    <message>
        <source>Remove “%1” from the Dictionary</source>
        <translation>从词典移除“%1”</translation>
    </message>
    <message>
        <source>Looking for spellings…</source>
        <translation>正在查找拼写建议…</translation>
    </message>
    <message>
        <source>No similar word is known</source>
        <translation>没有相近的词</translation>
    </message>
</context>
<context>
    <name>linnet::ui::StatusStrip</name>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>local</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>Your text stays on this computer.</source>
        <translation>您的文字只留在这台电脑上。</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>Document %1, %2</source>
        <translation>文档 %1，%2</translation>
    </message>
    <message>
        <source>The file is written as %1. Click to change that.</source>
        <translation>文件按 %1 写入，点击更改。</translation>
    </message>
    <message>
        <source>Encoding %1</source>
        <translation>编码 %1</translation>
    </message>
    <message numerus="yes">
        <source>%Ln selected word(s)</source>
        <translation>
            <numerusform>已选 %Ln 字</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln word(s) (%1 by Linnet)</source>
        <translation>
            <numerusform>%Ln 字（%1 字来自 Linnet）</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln word(s)</source>
        <translation>
            <numerusform>%Ln 字</numerusform>
        </translation>
    </message>
    <message>
        <source>Characters: %1
Without spaces: %2
Paragraphs: %3
Reading time: %4 min</source>
        <translation>字符：%1
不计空格：%2
段落：%3
阅读时间：%4 分钟</translation>
    </message>
    <message>
        <source>suggestions on</source>
        <translation>联想已开</translation>
    </message>
    <message>
        <source>suggestions off</source>
        <translation>联想已关</translation>
    </message>
    <message>
        <source>Linnet suggests words while you write. Click to stop.</source>
        <translation>书写时 Linnet 会给出联想，点击停用。</translation>
    </message>
    <message>
        <source>Linnet suggests nothing. Click to start.</source>
        <translation>Linnet 不给出联想，点击启用。</translation>
    </message>
    <message>
        <source>no model</source>
        <translation>无模型</translation>
    </message>
    <message>
        <source>Runs on %1</source>
        <translation>运行于 %1</translation>
    </message>
    <message>
        <source>Where the model runs.</source>
        <translation>模型运行的设备。</translation>
    </message>
    <message>
        <source>The model runs here with weights of type %1.</source>
        <translation>模型在此运行，权重类型为 %1。</translation>
    </message>
    <message>
        <source>The model is off. Writing works as always.</source>
        <translation>模型未启用，书写一切照常。</translation>
    </message>
    <message>
        <source>The model is loading. You can write meanwhile.</source>
        <translation>模型正在加载，您可以照常书写。</translation>
    </message>
    <message>
        <source>The model is ready.</source>
        <translation>模型已就绪。</translation>
    </message>
    <message>
        <source>The model could not be loaded. Your text is not affected. Click to choose another model or to try again.</source>
        <translation>模型无法加载，您的文字不受影响。点击可另选模型或重试。</translation>
    </message>
    <message>
        <source>The text before the caret is sent to “%1”. Click to change that.</source>
        <translation>光标前的文字会发给“%1”。点击可更改。</translation>
    </message>
</context>
<context>
    <name>linnet::ui::SuggestionsPage</name>
    <message>
        <source>Suggest words while I write</source>
        <translation>书写时给出联想</translation>
    </message>
    <message>
        <source>In the text</source>
        <translation>正文中</translation>
    </message>
    <message>
        <source>Show how the sentence may go on, after the caret</source>
        <translation>在光标后显示句子可能的续写</translation>
    </message>
    <message>
        <source>Show it</source>
        <translation>显示时机</translation>
    </message>
    <message>
        <source>when the model is sure enough</source>
        <translation>模型较有把握时</translation>
    </message>
    <message>
        <source>only when it is very sure</source>
        <translation>仅在很有把握时</translation>
    </message>
    <message>
        <source>more often, also when wrong more often</source>
        <translation>更频繁，错误也更多</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>最多</translation>
    </message>
    <message>
        <source> words</source>
        <translation> 个词</translation>
    </message>
    <message>
        <source>Under the page</source>
        <translation>页面下方</translation>
    </message>
    <message>
        <source>Show words to choose from</source>
        <translation>显示可选的词</translation>
    </message>
    <message>
        <source>How many</source>
        <translation>个数</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时机</translation>
    </message>
    <message>
        <source>Wait after a key</source>
        <translation>按键后等待</translation>
    </message>
    <message>
        <source> ms</source>
        <translation> 毫秒</translation>
    </message>
    <message>
        <source>not at all</source>
        <translation>不等待</translation>
    </message>
    <message>
        <source>Tell my screen reader what is suggested</source>
        <translation>让屏幕阅读器读出联想</translation>
    </message>
    <message>
        <source>Suggestions are made on this computer; nothing you write leaves it.</source>
        <translation>联想在这台电脑上生成，您写的内容不会离开这里。</translation>
    </message>
    <message>
        <source>What they learn</source>
        <translation>学习的内容</translation>
    </message>
    <message>
        <source>Learn words from my documents, folder by folder</source>
        <translation>按文件夹从我的文档中学习用词</translation>
    </message>
    <message>
        <source>Names and phrases of one document are then known in the others of its folder.</source>
        <translation>这样，一篇文档中的人名和短语，在同一文件夹的其他文档中也能联想到。</translation>
    </message>
    <message>
        <source>How often words occur and what follows them is kept on this computer only, for documents that you open or save while this is on.</source>
        <translation>开启后，您打开或保存的文档中各词的频次及其后续用词会记录下来，且只保存在这台电脑上。</translation>
    </message>
    <message>
        <source>Folders that something was learned from</source>
        <translation>已学习过的文件夹</translation>
    </message>
    <message>
        <source>Show Words…</source>
        <translation>查看词语…</translation>
    </message>
    <message>
        <source>Forget…</source>
        <translation>忘记…</translation>
    </message>
    <message>
        <source>%1: %2, %3</source>
        <translation>%1：%2，%3</translation>
    </message>
    <message numerus="yes">
        <source>%n document(s)</source>
        <translation>
            <numerusform>%n 篇文档</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n different word(s)</source>
        <translation>
            <numerusform>%n 个不同的词</numerusform>
        </translation>
    </message>
    <message>
        <source>Words of %1</source>
        <translation>%1 的词语</translation>
    </message>
    <message>
        <source>Learned words</source>
        <translation>学到的词语</translation>
    </message>
    <message>
        <source>Word</source>
        <translation>词</translation>
    </message>
    <message>
        <source>How often</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>Forget what was learned from %1?</source>
        <translation>忘记从 %1 学到的内容吗？</translation>
    </message>
    <message>
        <source>Your documents stay as they are.</source>
        <translation>您的文档保持不变。</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>忘记</translation>
    </message>
    <message>
        <source>Not everything could be deleted.</source>
        <translation>未能全部删除。</translation>
    </message>
    <message>
        <source>Something in the folder of learned words cannot be written.</source>
        <translation>存放所学词语的文件夹中有内容无法写入。</translation>
    </message>
    <message>
        <source>Words are suggested by this computer; a server may be asked how the sentence goes on, as you chose on the page Remote.</source>
        <translation>候选词由本机给出；按您在“远程”页的选择，句子如何继续可能会询问服务器。</translation>
    </message>
</context>
<context>
    <name>linnet::ui::VerseDesk</name>
    <message>
        <source>Poem</source>
        <translation>诗</translation>
    </message>
    <message>
        <source>Whatever Fits</source>
        <translation>自动判断</translation>
    </message>
</context>
<context>
    <name>linnet::ui::VerseMargin</name>
    <message>
        <source>Syllables and rhymes</source>
        <translation>音节与韵</translation>
    </message>
</context>
<context>
    <name>linnet::ui::VerseMarks</name>
    <message>
        <source>Read as: %1</source>
        <translation>按此体裁：%1</translation>
    </message>
</context>
<context>
    <name>linnet::ui::VersePage</name>
    <message>
        <source>New poems</source>
        <translation>作诗</translation>
    </message>
    <message>
        <source>Forms of</source>
        <translation>体裁排列</translation>
    </message>
    <message>
        <source>the language of the program first</source>
        <translation>程序语言的体裁在前</translation>
    </message>
    <message>
        <source>English first</source>
        <translation>英文体裁在前</translation>
    </message>
    <message>
        <source>Chinese first</source>
        <translation>中文体裁在前</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>体裁</translation>
    </message>
    <message>
        <source>the first one</source>
        <translation>第一种</translation>
    </message>
    <message>
        <source>Style of Chinese ones</source>
        <translation>中文诗的风格</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>稿数</translation>
    </message>
    <message>
        <source>Boldness</source>
        <translation>奔放</translation>
    </message>
    <message>
        <source>Traditional characters</source>
        <translation>繁体字</translation>
    </message>
    <message>
        <source>The Poem panel begins with these, and what you change there is kept here.</source>
        <translation>“诗”面板以此为初始设置；在面板中的改动也会保存在这里。</translation>
    </message>
    <message>
        <source>In the text</source>
        <translation>正文中</translation>
    </message>
    <message>
        <source>Mark the verse of every document that is opened</source>
        <translation>打开任何文档都标注格律</translation>
    </message>
    <message>
        <source>Otherwise of the types of file for which you switched that on.</source>
        <translation>否则只标注您曾开启标注的文件类型。</translation>
    </message>
    <message>
        <source>Form of the text</source>
        <translation>正文的体裁</translation>
    </message>
    <message>
        <source>whatever fits</source>
        <translation>自动辨认</translation>
    </message>
    <message>
        <source>Suggest how verse goes on, in its form</source>
        <translation>按格律联想诗的下文</translation>
    </message>
    <message>
        <source>By the models of verse, where verse is marked and in Chinese lines of five or seven characters.</source>
        <translation>由诗歌模型给出，用于标注格律的文字和五言、七言诗句。</translation>
    </message>
    <message>
        <source>Rhymes</source>
        <translation>韵</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>slant rhymes and neighbouring groups, too</source>
        <translation>也显示近韵、斜韵和邻韵</translation>
    </message>
    <message>
        <source>perfect rhymes only</source>
        <translation>只显示全韵</translation>
    </message>
</context>
<context>
    <name>linnet::ui::WebPicture</name>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>No</source>
        <translation>不下载</translation>
    </message>
    <message>
        <source>The picture is on the web, at %1. Linnet has not contacted that server. Download the picture from there?</source>
        <translation>图片在网上的 %1。Linnet 还没有联系那台服务器。要从那里下载图片吗？</translation>
    </message>
</context>
<context>
    <name>linnet::ui::WordBar</name>
    <message>
        <source>Suggested words</source>
        <translation>联想词</translation>
    </message>
    <message>
        <source>%1, or Tab</source>
        <translation>%1，或 Tab</translation>
    </message>
</context>
<context>
    <name>linnet::ui::WritingPage</name>
    <message>
        <source>The page</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Width of the column</source>
        <translation>栏宽</translation>
    </message>
    <message>
        <source> letters</source>
        <translation> 个字母</translation>
    </message>
    <message>
        <source>Distance of lines</source>
        <translation>行距</translation>
    </message>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source>Typewriter scrolling</source>
        <translation>打字机滚动</translation>
    </message>
    <message>
        <source>The line being written stays in the middle of the page.</source>
        <translation>正在书写的一行始终位于页面中央。</translation>
    </message>
    <message>
        <source>Show Markdown headings, emphasis and links</source>
        <translation>显示 Markdown 标题、强调和链接</translation>
    </message>
    <message>
        <source>Indentation</source>
        <translation>缩进</translation>
    </message>
    <message>
        <source>Width of a tab</source>
        <translation>制表符宽度</translation>
    </message>
    <message>
        <source> spaces</source>
        <translation> 个空格</translation>
    </message>
    <message>
        <source>Tab inserts spaces</source>
        <translation>Tab 键插入空格</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Save by itself after a pause in writing</source>
        <translation>停笔片刻后自动保存</translation>
    </message>
    <message>
        <source>Only texts that have a file already. Unsaved text survives a crash in any case.</source>
        <translation>仅限已有文件的文字。无论如何，未保存的文字都不会因崩溃而丢失。</translation>
    </message>
    <message>
        <source>Open the last documents again at the next start</source>
        <translation>下次启动时打开上次的文档</translation>
    </message>
    <message>
        <source>Count the words that came from suggestions</source>
        <translation>统计来自联想的字数</translation>
    </message>
    <message>
        <source>Focus on the paragraph</source>
        <translation>专注当前段落</translation>
    </message>
    <message>
        <source>All but the paragraph at the caret steps back.</source>
        <translation>除光标所在段落外，其余文字淡出。</translation>
    </message>
    <message>
        <source>Spelling</source>
        <translation>拼写</translation>
    </message>
    <message>
        <source>Underline misspelt English words</source>
        <translation>为拼错的英文单词加下划线</translation>
    </message>
    <message>
        <source>Right-click a word for other spellings, or to add it to the dictionary.</source>
        <translation>右键点击单词，可查看其他拼写或将其加入词典。</translation>
    </message>
    <message>
        <source>There is no English dictionary on this computer. Install one for Hunspell (on Debian: hunspell-en-us) and start Linnet again.</source>
        <translation>这台电脑上没有英文词典。请安装 Hunspell 词典（Debian 上为 hunspell-en-us），再重新启动 Linnet。</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>English (%1)</source>
        <translation>英语（%1）</translation>
    </message>
    <message>
        <source>Dictionary</source>
        <translation>词典</translation>
    </message>
</context>
<context>
    <name>main</name>
    <message>
        <source>A writing desk for prose and verse that thinks on your own machine.</source>
        <translation>一张写散文也写诗的书桌，只在您自己的电脑上思考。</translation>
    </message>
    <message>
        <source>Look for models in &lt;folder&gt; first.</source>
        <translation>先在 &lt;folder&gt; 中查找模型。</translation>
    </message>
    <message>
        <source>Suggest nothing in this session.</source>
        <translation>本次运行不给出联想。</translation>
    </message>
    <message>
        <source>Texts to open.</source>
        <translation>要打开的文字。</translation>
    </message>
</context>
</TS>
